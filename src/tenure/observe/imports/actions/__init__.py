"""The verbs of imports: read a directory, and what each kind of row becomes."""

from tenure.observe.imports.actions.directories import (
    FileDone,
    Hands,
    ImportDone,
    Order,
    import_directory,
    told_plainly,
)

__all__ = ["FileDone", "Hands", "ImportDone", "Order", "import_directory", "told_plainly"]
