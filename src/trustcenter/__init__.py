"""Compliance as code and a trust-center generator: nothing is claimed that is not held."""

__version__ = "0.1.0"
