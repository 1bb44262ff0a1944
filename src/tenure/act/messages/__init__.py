"""One text to one person: rendered, checked once more at the last moment, handed over once."""
