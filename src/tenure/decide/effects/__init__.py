"""What each action changes for whom, learned from choices that chance made.

A Bayesian model in which actions share what they know first, others as challengers once there is
data, chosen by a doubly robust value on customers not learned from. It stands under `decide`
because its history is the log of decisions.
"""
