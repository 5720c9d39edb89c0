"""What an error of PostgreSQL means for a population: the typed cause, in words without values or credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustcenter.model.population import Cause, CouldNotTell

if TYPE_CHECKING:
    import psycopg

_BY_STATE: tuple[tuple[str, Cause], ...] = (  # the first prefix that fits; PostgreSQL documentation, appendix A
    ("42501", "denied"),  # insufficient_privilege
    ("28", "denied"),  # invalid authorization
    ("25006", "denied"),  # read_only_sql_transaction
    ("57014", "timed_out"),  # query_canceled, statement_timeout
    ("55P03", "timed_out"),  # lock_not_available, lock_timeout
    ("25P0", "timed_out"),  # idle_in_transaction_session_timeout, transaction_timeout
    ("57P", "unreachable"),  # shut down, starting up
    ("53", "unreachable"),  # too many connections, out of memory
    ("08P01", "malformed"),  # protocol_violation
    ("08", "unreachable"),
    ("3D000", "unsupported"),  # no such database
    ("3F000", "unsupported"),  # no such schema
    ("42P01", "unsupported"),  # no such table
    ("42703", "unsupported"),  # no such column
    ("42883", "unsupported"),  # no such function or operator
    ("22", "malformed"),  # a value that is not what the mapping says
    ("42804", "malformed"),
    ("40", "incomplete"),  # the snapshot could not be kept
    ("XX", "malformed"),  # corrupted data or index
    ("58", "unreachable"),  # the server's own files
)
_NAMES_ONLY = ("42501", "42P01", "42703", "42883", "3D000", "3F000")
"""States whose primary message holds names of objects and never values."""

_CLIENT: tuple[tuple[str, Cause, str], ...] = (  # libpq's own words; they have no SQLSTATE
    ("timeout expired", "timed_out", "did not answer in time"),
    ("invalid response to ssl negotiation", "malformed", "does not speak PostgreSQL's protocol"),
    ("expected authentication request", "malformed", "does not speak PostgreSQL's protocol"),
    ("lost synchronization", "malformed", "sent an answer that is not PostgreSQL's protocol"),
    ("do not agree with length", "malformed", "sent an answer that is not PostgreSQL's protocol"),
    ("unexpected message from server", "malformed", "sent an answer that is not PostgreSQL's protocol"),
    ("insufficient data", "malformed", "sent an answer that is not PostgreSQL's protocol"),
    ("unexpected response from server", "malformed", "sent an answer that is not PostgreSQL's protocol"),
    ("authentication failed", "denied", "refused the sign-in"),
    ("no password supplied", "denied", "asks for a password and the source names none"),
    ("no pg_hba.conf entry", "denied", "refused the sign-in"),
    ("pg_hba.conf rejects", "denied", "refused the sign-in"),
    ("is not permitted to log in", "denied", "refused the sign-in"),
    ("permission denied", "denied", "refused the sign-in"),
    ("does not exist", "unsupported", "has no such database or role"),
    ("certificate", "unreachable", "did not prove its identity over TLS"),
    ("does not support ssl", "unreachable", "offers no TLS, which the source asks for"),
    ("connection refused", "unreachable", "refused the connection"),
    ("could not translate host name", "unreachable", "has a host name that does not resolve"),
    ("could not receive data", "unreachable", "broke the connection"),
    ("closed the connection", "incomplete", "closed the connection in the middle"),
    ("server closed", "incomplete", "closed the connection in the middle"),
    ("connection is lost", "incomplete", "closed the connection in the middle"),
    ("consuming input failed", "incomplete", "closed the connection in the middle"),
    ("ssl syscall error", "incomplete", "closed the connection in the middle"),
)


def could_not_tell(error: psycopg.Error, source: str, *, expired: bool = False) -> CouldNotTell:
    """The error as a CouldNotTell. `expired`: we cut the connection ourselves because the time was used up."""
    if expired:
        return CouldNotTell("timed_out", f"the database of {source} did not answer in time")
    state = error.sqlstate
    if state is not None:
        return _by_state(error, state, source)
    text = str(error).lower()
    for words, cause, meaning in _CLIENT:
        if words in text:
            return CouldNotTell(cause, f"the database of {source} {meaning}")
    if type(error).__name__ in ("DataError", "ProgrammingError", "NotSupportedError", "InterfaceError"):
        return CouldNotTell("malformed", f"the database of {source} sent a value that cannot be read")
    return CouldNotTell("unreachable", f"there is no connection to the database of {source}")


def _by_state(error: psycopg.Error, state: str, source: str) -> CouldNotTell:
    if state == "42501" and error.diag.source_function == "check_enable_rls":
        return CouldNotTell(
            "filtered",
            f"the database of {source} hides rows from the reader role",
            hint="give the reader role BYPASSRLS; with row_security = off PostgreSQL then raises instead of filtering",
        )
    cause: Cause = next((cause for prefix, cause in _BY_STATE if state.startswith(prefix)), "defect")
    detail = f": {error.diag.message_primary}" if state in _NAMES_ONLY and error.diag.message_primary else ""
    hints: dict[Cause, str] = {
        "denied": "grant the reader role what this collector reads",
        "unsupported": "check the table and column names in the source's mapping for this collector",
    }
    return CouldNotTell(
        cause,
        f"the database of {source} answered {type(error).__name__} (SQLSTATE {state}){detail}",
        hint=hints.get(cause),
    )
