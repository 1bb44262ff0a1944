"""What may be done about a term, what it would cost, and what it would bring.

The discount is paid by everyone who renews with it, also by those who would have renewed anyway;
that is why a better chance of renewing is not yet a gain.
"""
