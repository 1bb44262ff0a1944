"""What was sent to whom, or was not and why."""
