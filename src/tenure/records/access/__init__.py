"""How customers come in: codes by mail, sessions and passkeys, apart from those of the staff."""
