"""The catalogue: controls and records in YAML, read strictly, as values."""

from trustcenter.catalog.loader import load
from trustcenter.catalog.reader import read

__all__ = ["load", "read"]
