"""What customers ask the tax platform for: their titles, the requests, and what came of each.

A request is data, never the tax document itself: that one only the platform can issue (R-I-001).
"""
