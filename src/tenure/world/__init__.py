"""A seeded synthetic market with planted truth: for the demo, for tests and for rehearsal."""
