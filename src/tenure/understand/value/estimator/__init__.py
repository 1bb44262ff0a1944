"""Maximum likelihood on sufficient statistics; each model with its published figures as a test."""
