"""The best action for each term when a budget and capacities cannot serve everyone.

A multiple-choice knapsack: one action per term, solved by a price for each scarce thing
(Lagrangian multipliers), a repair, and a proven bound on what any plan could reach.
"""
