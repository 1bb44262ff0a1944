"""Points: a ledger of lots that expire, of what was redeemed and taken back, and of debts."""
