"""Who an action may be for: the holdout, consent, what can be sold, the rule of the strategy.

Every refusal is a rule as data with a code and a sentence. `rules.py` reads it for one customer,
`expressions.py` for everyone at once.
"""
