"""Mutants of the platform: broken from outside, shown to be broken by plain clients, and judged by the real line."""
