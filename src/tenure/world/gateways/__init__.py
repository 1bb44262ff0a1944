"""Payment gateways of this machine that sign, encrypt and check as the real ones do.

They take orders from the real client libraries, let a person pay on a page of theirs, and tell
the merchant by signed notifications. No money moves. They listen on the loopback alone, make new
keys each time they start, and refuse production (R-Y-051 to R-Y-053).
"""
