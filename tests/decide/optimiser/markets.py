"""Markets for the optimiser, drawn from a recorded seed."""

import numpy as np

from tenure.decide.optimiser.menu import Menu


def a_market(
    *, seed: int, rows: int, actions: int = 5, calls: int = 0, tight_share: float = 0.2
) -> Menu:
    """Random values and costs, a fifth of the pairs refused, and `calls` one-unit capacities."""
    chance = np.random.default_rng(seed)
    value = chance.normal(5, 10, (actions, rows))
    value[chance.random((actions, rows)) < 0.2] = -np.inf
    value[0] = 0
    use = np.zeros((1 + calls, actions, rows))
    use[0, 1:] = chance.gamma(2, 10, (actions - 1, rows))
    for scarce in range(1, 1 + calls):
        use[scarce, scarce] = 1
    budget = tight_share * use[0].max(axis=0).sum()
    return Menu(
        value=value,
        use=use,
        limits=np.array([budget, *[float(max(1, rows // 20))] * calls]),
        order=chance.integers(0, 2**63, rows).astype(np.uint64),
    )
