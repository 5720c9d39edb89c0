"""What is wrong with one field of a request, so that a form can say it beside what was typed."""

from __future__ import annotations

from starlette.exceptions import HTTPException


class FieldProblem(HTTPException):
    """400. `says` is the sentence without the field's name, for a page that calls the field something else."""

    def __init__(self, field: str, says: str) -> None:
        super().__init__(400, f"“{field}” {says}")
        self.field = field
        self.says = says
