"""Attempts to leave: what customers said, what each was shown, and how it ended.

Facts only: which offer may be shown is decided in `decide/saves`, and what ends a term or lowers a
price is done by `act/self_service` through the verbs of the other records.
"""
