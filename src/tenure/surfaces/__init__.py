"""Everything that a person or a program touches, and no rules."""
