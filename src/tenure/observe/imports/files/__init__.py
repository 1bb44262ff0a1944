"""Files as they lie in a directory: found, looked at once, and read line by line."""
