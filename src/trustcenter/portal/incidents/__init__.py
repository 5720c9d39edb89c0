"""Incidents and exercises as the vendor's staff tell everybody of them; `portal.status` is what everybody reads."""
