"""Dated steps from lead to renewal as other systems tell them, also of leads never won."""
