#!/bin/sh
# Bring the virtual environment to the locks: `environment.sh LOCK...`, e.g. `environment.sh core ml`.
# Every package is pinned and hashed, the build backend of our own package too.
set -eu
cd "$(dirname "$0")/.."

if ! .venv/bin/python -c 'import pip' >/dev/null 2>&1; then
    python=$(sh tools/find_python.sh "${VERB:-setup}")
    echo "Making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || {
        echo "$python has no venv module: install it (Debian: apt install python3-venv)." >&2
        exit 1
    }
fi

set -- build "$@"
wanted=""
for lock in "$@"; do
    wanted="$wanted -r requirements/$lock.txt"
done

echo "Installing $* from hash-locked files (once; a minute or two)"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
# shellcheck disable=SC2086  # a list of options, split on purpose
.venv/bin/python -m pip install --quiet --require-hashes $wanted
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
