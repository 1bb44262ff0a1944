"""Our own program, started in a process of its own."""

from typing import Final

# What the interpreter is given: it does not depend on where a script was installed.
COMMAND: Final = "from tenure.surfaces.cli.main import main; main()"
# What a rehearsal in a process of its own leaves in its folder for whoever waits.
REPORT: Final = "report.json"
PROGRESS: Final = "progress.json"
