"""Work on the network that is planned: where, when, and how it moved."""
