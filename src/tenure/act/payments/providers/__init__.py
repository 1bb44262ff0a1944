"""One module or folder per provider; each is imported only where it is configured."""
