"""What a policy would have brought, from a past that chose by recorded chance.

Values by inverse propensity, self-normalised and doubly robust, each with its interval and with
what it rests on; rankings by RATE, AUTOC and the curve of gains. Nothing here believes a model:
a prediction only makes an interval narrower.
"""
