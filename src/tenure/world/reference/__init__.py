"""The reference market: subscribers whose answer to each of ten actions is known.

One renewal decision each, all equations published (docs/algorithms/reference-market.md). It is what
learning, evaluation and choosing are measured against; only `trials.py` is what a business sees.
"""
