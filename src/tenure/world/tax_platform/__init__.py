"""A tax platform of this machine, behind the interface of 诺诺, that checks as the real one does.

Nothing that it gives is a tax document. It listens on the loopback alone and refuses production.
"""
