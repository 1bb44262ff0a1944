"""From lead to renewal: the dated steps of one customer, and how many go on from each."""
