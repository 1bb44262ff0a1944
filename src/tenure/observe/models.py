"""Gathers the ideas' models of this stage."""
