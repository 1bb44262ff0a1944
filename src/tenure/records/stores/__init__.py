"""Contracts that an app store sold: the store renews them, and we keep what it tells of them."""
