"""What offers to those who leave really brought: saved, saved for good, and against the lot."""
