"""The one error type of this package: what happened, where, what to do next."""

from __future__ import annotations

from collections.abc import Sequence


class TrustCenterError(Exception):
    """Something that a person must know about.

    `what` says what happened in one sentence, `where` names the place (`file:line:col`, a record, a source),
    `hint` says what to do next. `exit_code` is the code with which a command ends because of it.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.hint}" if self.hint else head


class ConfigurationError(TrustCenterError):
    """A file of the instance, an option or the machine is not as it must be."""


class Problems(ConfigurationError):
    """All errors of one pass, in the order of their places."""

    def __init__(self, problems: Sequence[TrustCenterError]) -> None:
        self.problems = tuple(problems)
        noun = "problem" if len(self.problems) == 1 else "problems"
        super().__init__(f"{len(self.problems)} {noun}")

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems) + f"\n{self.what}"


class TamperedError(TrustCenterError):
    """Stored bytes do not match what was signed; names the record. Never retried, never ignored."""

    exit_code = 5


class KeyMissingError(ConfigurationError):
    """There is no signing key, or it is readable by others: nothing is signed and nothing is appended."""
