"""A plan for one customer's renewal: what to offer, how, when and in which words (AI-01).

It is proposed from the rules and what was learned, offline, and names its inputs. A person may
change it, and nothing happens before a person approves: then it is one choice as every other.
"""
