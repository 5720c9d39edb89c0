"""Quay: a small Django service that is not ours. Harbours book berths; sign-in and sessions are Django's own."""
