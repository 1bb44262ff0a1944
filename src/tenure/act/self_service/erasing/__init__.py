"""The end of a person's data: what goes, what must stay and why, and a certificate of both."""
