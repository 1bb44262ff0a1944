"""How likely it is that a term is not renewed, and what that is associated with."""
