"""Which way a person answers, and at what hour: learned from that person's own answers (CHN-11)."""
