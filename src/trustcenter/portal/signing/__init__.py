"""Signing in and out, proving again who one is, passwords, sessions."""
