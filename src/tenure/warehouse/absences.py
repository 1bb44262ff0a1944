"""Say quickly that pandas is not there.

DuckDB's client asks for pandas whenever it takes a Python value, and where pandas is absent each
question walks through every folder of the import path: 0.3 ms a value, and a day of the loop takes
some 3,000 values. A module found missing is not remembered by Python; this finder remembers it.
"""

import importlib.util
import sys
from importlib.machinery import ModuleSpec


class Absent:
    """A finder that knows one module to be missing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(self, fullname: str, *_where: object) -> ModuleSpec | None:
        """Refuse the one module at once; leave every other to the finders after this one."""
        if fullname == self.name:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def remember_absence(name: str) -> None:
    """Answer for a module that is not installed; once, and not where it is."""
    known = any(isinstance(finder, Absent) and finder.name == name for finder in sys.meta_path)
    if not known and name not in sys.modules and importlib.util.find_spec(name) is None:
        sys.meta_path.insert(0, Absent(name))
