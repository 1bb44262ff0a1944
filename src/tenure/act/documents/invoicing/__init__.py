"""The ways to the tax platform: by hand through its batch import, or a connected service."""
