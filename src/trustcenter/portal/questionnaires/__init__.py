"""Customers' questionnaires: uploaded, answered by a process of its own, reviewed by the vendor's people, released."""
