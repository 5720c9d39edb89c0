"""The consistency linter: texts in, findings out. Pure; knows no ledger, source or collector."""

from trustcenter.publish.lint.finding import FAMILIES, Finding, Quote
from trustcenter.publish.lint.linter import lint
from trustcenter.publish.lint.page import Page
from trustcenter.publish.lint.reading import Format, read_page

__all__ = ["FAMILIES", "Finding", "Format", "Page", "Quote", "lint", "read_page"]
