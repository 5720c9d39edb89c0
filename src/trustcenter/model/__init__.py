"""The nouns of the design as frozen values: no clock, file, socket or environment."""
