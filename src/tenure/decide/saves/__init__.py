"""Which one offer somebody who is leaving may see, and why each of the others not.

The rules are published data (`saves.toml`); the law of the place sets how many a visit may show;
no offer is worse than what the customer has; a random part of those who would see one sees none.
"""
