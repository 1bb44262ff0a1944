"""Campaigns: plans with goals, people and money, and a day on which somebody looks back."""
