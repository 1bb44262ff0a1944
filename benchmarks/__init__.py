"""What the engine costs beside a named alternative, measured in the same run.

Shared machines are noisy, so every figure that is judged is a ratio of two commands that took
turns. `make bench` runs them all and writes docs/reference/benchmarks.md.
"""
