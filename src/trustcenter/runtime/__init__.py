"""Security modules that a service mounts: each a pure policy with thin adapters around it.

The modules know nothing of the portal that composes them. Policies take `now` and return values; what touches a
database or a socket says so in its name or takes the connection as an argument.
"""
