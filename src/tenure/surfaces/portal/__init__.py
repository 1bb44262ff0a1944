"""What customers themselves open, without an account: signed links in their messages."""
