#!/bin/sh
# Print the path of the first Python of at least 3.12 that really runs, or say what is missing.
# A shim on the path may exist and still fail, so every candidate is asked for its version.
set -u

candidates() {
    if [ -n "${PYTHON:-}" ]; then
        echo "$PYTHON"
    fi
    for name in python3.13 python3.14 python3.12 python3 python; do
        command -v "$name" 2>/dev/null
    done
    if command -v pyenv >/dev/null 2>&1; then
        ls -d "$(pyenv root)"/versions/3.1[234]*/bin/python3 2>/dev/null | sort -r
    fi
}

candidates | {
    seen=""
    while read -r candidate; do
        version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
            continue
        case "$version" in
        3.1[2-9] | 3.[2-9][0-9])
            echo "$candidate"
            exit 0
            ;;
        esac
        seen="$seen $version"
    done
    {
        echo "Tenure needs Python 3.12 or later, and none was found on the path."
        [ -z "$seen" ] || echo "Found only:$seen."
        echo "Install python3.13 (with its venv module), or say where one is:"
        echo "    make PYTHON=/path/to/python3.13 $*"
    } >&2
    exit 1
}
