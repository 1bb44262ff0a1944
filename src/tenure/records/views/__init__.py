"""What somebody keeps for the console: pages under a name, and notices that are not shown."""
