"""Chains of terms and the verbs that move them."""
