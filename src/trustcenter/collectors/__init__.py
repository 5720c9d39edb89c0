"""Collectors: one file each; the module's name is the collector's id. They see, and never judge."""
