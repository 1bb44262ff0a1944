"""Giving money back: asked for, approved by a second person where it is much, sent, answered."""
