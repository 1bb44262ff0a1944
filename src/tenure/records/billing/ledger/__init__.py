"""The ledger of money: every movement leaves one account and enters another."""
