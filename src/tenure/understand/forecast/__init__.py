"""What the next weeks will bring: renewals and revenue with their spread."""
