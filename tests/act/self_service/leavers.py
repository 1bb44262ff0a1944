"""Customers whom the lot shows every offer to stay, and one whom it keeps a certain one from."""

from tenure.decide.saves.rules import is_held_out
from tenure.records.customers.models import Account
from tenure.strategy.loading import preset
from tests.builders import an_account
from tests.builders.moments import fresh


def a_leaver(*, held_out_of: str = "", **how: object) -> Account:
    """An account that the lot keeps back from nothing, or from the one offer that is named."""
    saves = preset("broadband").saves
    wanted = {held_out_of} - {""}
    while True:
        name = fresh("leaver")
        held = {
            one.id for one in saves.offers.values() if is_held_out(one, f"test/{name}", saves=saves)
        }
        if held == wanted:
            return an_account(external_id=name, **how)  # type: ignore[arg-type]
