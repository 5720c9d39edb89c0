"""Every mutant, in one table."""

from __future__ import annotations

from mutations import application, database

MUTANTS = (*database.MUTANTS, *application.MUTANTS)
