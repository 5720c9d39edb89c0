"""The activity of an organisation: its record, what is published about it, and what its owner gets of it."""
