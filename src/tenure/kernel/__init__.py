"""What every layer may stand on: money, periods, the clock, lifecycles, buckets, failures.

Pure standard library, and no import from any other layer. Nothing here knows what a customer is.
"""
