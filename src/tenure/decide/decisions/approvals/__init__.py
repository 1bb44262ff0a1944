"""A day's choices above a limit wait for a second person, before anything of them leaves."""
