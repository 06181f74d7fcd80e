"""The only code that touches the keys of the CA; a process of its own, without Django (CAK-03).

It signs nothing it has not looked at itself, remembers every certificate it signed, and answers
over a unix socket to the users it was told of.
"""
