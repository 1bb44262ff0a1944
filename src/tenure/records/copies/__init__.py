"""What was copied into columns last, and which records changed since."""
