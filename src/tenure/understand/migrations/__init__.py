"""How the tables of this stage came about."""
