"""Which programs may read from outside, and with which key."""
