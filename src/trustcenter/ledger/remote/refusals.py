"""Why a ledger was not exchanged with its remote place: each with the next step."""

from __future__ import annotations

from trustcenter.errors import ConfigurationError, TamperedError, TrustCenterError
from trustcenter.ledger.writing import ForkError


class Unreachable(TrustCenterError):
    """The place did not answer, or answered that it could not: whether something was written is not known."""

    exit_code = 3


class Denied(TrustCenterError):
    """The place refused these credentials, or its own rules refuse the write."""

    exit_code = 3


class NoPlace(ConfigurationError):
    """The bucket, the remote or the target's name does not exist."""


class Overtaken(ForkError):
    """Another writer was first: two logs continue the same one, and only the other is at the remote place."""


class Behind(TrustCenterError):
    """The remote log continues ours, and ours holds nothing that it lacks."""

    exit_code = 2


class RolledBack(TamperedError):
    """The remote place holds less than it held before, or something else."""


class OtherBytes(TamperedError):
    """A file at the remote place is not the one that the log has there. Nothing is ever overwritten."""


class Conflict(TrustCenterError):
    """A condition of a write did not hold; whoever wrote decides what that means."""


class MovedOn(TrustCenterError):
    """What was to be committed is committed, and somebody has continued it already."""


REJOIN = (
    "Nothing is lost. `trustcenter ledger rejoin` takes the remote log and appends to it, under a new checkpoint, the "
    "statements that only this ledger has; then push. See to it that one writer runs at a time."
)
INVESTIGATE = (
    "Do not sign on, and do not delete either copy. Find out who wrote to that place: compare this ledger's "
    "log/checkpoint with the one there and with what readers kept; then restore the newest signed one there."
)


def overtaken(where: str, ours: int, theirs: int) -> Overtaken:
    """The refusal for two logs that part."""
    return Overtaken(
        f"another writer was first: the log there has {theirs} entries and is no continuation of this one of {ours}",
        where=where,
        hint=REJOIN,
    )
