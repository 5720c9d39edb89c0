"""Support access, tried: what it asks for, what it cannot reach, who sees it, and that it ends."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors._canary import Canary
from trustcenter.collectors._holder import Mailbox
from trustcenter.collectors._isolation_routes import Route
from trustcenter.collectors._posture import read_posture
from trustcenter.collectors._privileged import change, step_up
from trustcenter.collectors._sign_in import json_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Sql

UNREADABLE = {"content-type": "application/x-nothing-that-anybody-reads"}
END_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class SupportCheck:
    """One thing that support access must ask for, show, refuse, or do."""

    check: Annotated[str, Key]
    kind: Literal["asked", "bounded", "visible", "ending"]
    """What it asks for; what it does not reach; who is told; how it ends."""
    held: bool
    status: int | None


@dataclass(slots=True)
class _Probe:
    run: Run
    staff: Canary
    owner: Canary
    mark: str
    begun: int = 0
    """Accesses that were given under the mark."""

    def begin(self, **changes: Any) -> tuple[int, str | None]:
        """Ask for access to the canary owner's organisation; the status, and the identifier where it was given."""
        asked = {
            "email": str(self.run.setting("canary_a_email")), "ticket": self.mark,
            "reason": "A check that nobody acts unseen", "seconds": 600, **changes,
        }  # fmt: skip
        answer = change(self.staff, "POST", str(self.run.setting("begin")), asked)
        given = json_of(answer) if answer.status == 201 else None
        identifier = str(given["id"]) if isinstance(given, Mapping) and "id" in given else None
        self.begun += identifier is not None and asked["ticket"] == self.mark
        return answer.status, identifier

    def me(self, who: Canary) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json_of(who.http.request("GET", self.run.setting("identity")["page"]))
        return found

    def acting(self) -> bool:
        return self._said(self.staff, "organisation") == self.owner.organisation

    def account(self, who: Canary) -> str:
        """Whose account this is. Raises CouldNotTell where the page of the identity does not say."""
        return self._said(who, "account")

    def _said(self, who: Canary, what: str) -> str:
        identity = self.run.setting("identity")
        found = self.me(who).get(identity.get(what, f"{what}_id"))
        if not found:
            raise CouldNotTell("malformed", f"`{identity['page']}` does not say the canary's {what}")
        return str(found)

    def stop(self) -> int:
        return change(self.staff, "POST", str(self.run.setting("stop"))).status

    def items(self, page: str, *fields: str, key: str = "items") -> list[Mapping[str, Any]]:
        """The rows of a list of the owner's, each with these fields. Raises CouldNotTell("malformed")."""
        found = json_of(self.owner.http.request("GET", page))
        rows = found.get(key) if isinstance(found, Mapping) else None
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) and set(fields) <= set(row) for row in rows):
            raise CouldNotTell("malformed", f"`{page}` is no list of rows with {', '.join(fields)}")
        return rows


@collector(method="probe", kinds=("platform",), safety="canary")
def impersonation_probe(http: Http, db: Sql, run: Run) -> Population[SupportCheck]:
    """A canary of the staff acts for a canary tenant: demands, bounds, visibility and end, each tried.

    Mapping: `staff` (the canary's name), `acting_role` (the role that the matrix has for it), addresses `begin`,
    `stop`, `listing` (of rows with `ticket` and `live`), `end` (`{id}`), `record`; `thing` (`page`, `path` with `{id}`)
    that may be read, `items` of the list where it is not `items`; `mail` (`table`, `kind`, `at`, `to`) where mail that
    waits or was sent is noted, without it the source's `mail_sink` is read; `step_up`; `identity` as for
    api_token_probe, `account` where the account's field is not `account_id`.
    """
    closed = _closed(http, run)
    begun = postgresql.utc(db.committed("select clock_timestamp() as now")[0]["now"], "the clock")
    staff, owner = Canary.enter(http, run, str(run.setting("staff")), fresh=False), Canary.enter(http, run, "a")
    probe = _Probe(run, staff, owner, "CHECK-" + "".join(letter for letter in run.nonce if letter.isalnum())[:20])
    try:
        facts = list(_demands(probe))
        status, access = probe.begin()
        if access is None:
            raise CouldNotTell("denied", f"the canary of the staff could not begin an access: {status}")
        try:
            facts += _visible(probe, db, begun)
            facts += _bounds(probe, closed)
        finally:
            stopped = probe.stop()
        facts.append(SupportCheck("stopped by the staff", "ending", stopped < 400 and not probe.acting(), stopped))
        facts += _endings(probe)
        facts.append(_nothing_left(probe))
    finally:
        if probe.acting():
            probe.stop()
        if not probe.acting():  # who still acts for a customer cannot sign out; the facts say that it did not end
            staff.leave()
        owner.leave()
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "five demands, five ways to see it, three ends, one thing read, none left, and each route out of reach",
            15 + len(closed),
            len(facts),
        ),
        query="a canary of the staff begins, uses and ends access to a canary tenant",
        parameters={"routes": [str(route) for route in closed], "ticket": probe.mark},
        observed_at=run.now(),
        actor=db.actor,
        permissions=postgresql.rights(db),
        notes=(
            "Three accesses to the canary tenant were begun, for ten minutes at most; its owner was sent mail of each.",
        ),
    )


def _closed(http: Http, run: Run) -> list[Route]:
    """Every route of the live router that the acting role is not let through to, and that is not open to everybody."""
    role = str(run.setting("acting_role"))
    try:
        rows = read_posture(http, run).observed["routes"]
        return sorted(
            Route(row["path"], row["method"])
            for row in rows
            if role not in row["callers"] and "anonymous" not in row["callers"]
        )
    except (KeyError, TypeError) as error:
        raise CouldNotTell("malformed", "the posture document has no routes with callers") from error


def _demands(probe: _Probe) -> Iterator[SupportCheck]:
    """Before the fresh proof nothing; after it nothing without reason, ticket and a bounded time."""

    def refused(check: str, **changes: Any) -> SupportCheck:
        status, given = probe.begin(**changes)
        if given is not None:
            probe.stop()
        return SupportCheck(check, "asked", given is None and 400 <= status < 500, status)

    yield refused("refused without a fresh proof of identity")
    step_up(probe.staff, probe.run, str(probe.run.setting("staff")))
    yield refused("refused without a reason", reason="")
    yield refused("refused without a ticket", ticket="")
    yield refused("refused for five hours", seconds=5 * 3600)
    theirs = change(probe.owner, "POST", str(probe.run.setting("begin")), {"email": "x", "reason": "x", "ticket": "x"})
    yield SupportCheck("refused to a customer's owner", "asked", theirs.status in (401, 403), theirs.status)


def _visible(probe: _Probe, db: Sql, begun: datetime) -> Iterator[SupportCheck]:
    """A thing is read; then banner, the owner's page, list and record, and the mail."""
    thing, form = probe.run.setting("thing"), probe.staff.form
    things = probe.items(thing["page"], "id", key=thing.get("items", "items"))
    if not things:
        raise CouldNotTell("incomplete", "the canary owner has nothing that could be read")
    identifier = str(things[0]["id"])
    earlier = _record(probe)  # an earlier check read the same thing, and its events prove nothing about this one
    read = probe.staff.http.request("GET", thing["path"].replace("{id}", identifier))
    yield SupportCheck("reads what the customer's people read", "bounded", read.status == 200, read.status)
    for who, canary in (("staff", probe.staff), ("owner", probe.owner)):
        page = canary.http.request("GET", form.signed_in_page)
        shown = probe.mark in page.body.decode("utf-8", "replace")
        yield SupportCheck(f"shown on every page of the {who}", "visible", shown, page.status)
    listed = any(row["ticket"] == probe.mark for row in probe.items(str(probe.run.setting("listing")), "ticket"))
    yield SupportCheck("listed for the owner", "visible", listed, None)
    staff_id, owner_id = probe.account(probe.staff), probe.account(probe.owner)
    now = _record(probe)
    events = [row for row in now if row["entity_id"] == identifier and now.count(row) > earlier.count(row)]
    both = any((row["actor_id"], row["acting_for"]) == (staff_id, owner_id) for row in events)
    yield SupportCheck("recorded under both names, in the owner's record", "visible", both, None)
    yield SupportCheck("mail to the owner", "visible", _mailed(probe, db, begun, owner_id), None)


def _record(probe: _Probe) -> list[Mapping[str, Any]]:
    return probe.items(str(probe.run.setting("record")), "entity_id", "actor_id", "acting_for")


def _mailed(probe: _Probe, db: Sql, begun: datetime, owner_id: str) -> bool:
    """Whether the owner was written to: a row of what leaves by the mapping, else a message in the mailbox."""
    mail = probe.run.mapping.get("mail")
    if mail is None:
        owner = str(probe.run.setting("canary_a_email"))
        return Mailbox(probe.run, from_now=False).wait(owner, re.escape(probe.mark)) is not None
    query = (
        f"select count(*) as n from {postgresql.quoted(mail['table'])} where kind = %(kind)s "  # noqa: S608
        f"and {postgresql.quoted(mail['at'])} >= %(since)s and {postgresql.quoted(mail['to'])}::text = %(owner)s"
    )
    found = db.committed(query, {"kind": mail["kind"], "since": begun, "owner": owner_id})
    return int(found[0]["n"]) >= 1


def _bounds(probe: _Probe, closed: list[Route]) -> Iterator[SupportCheck]:
    """While it lasts: credentials, factors, sessions, tokens, roles and all else that the matrix does not give."""
    for route in closed:
        path = route.filled(
            {name: "999999999" if name.startswith("event") else str(uuid4()) for name in route.parameters}
        )
        if route.changes:
            answer = probe.staff.http.request(route.method, path, headers=UNREADABLE, json="x", retry=False)
        else:
            answer = probe.staff.http.request(route.method, path, retry=False)
        yield SupportCheck(f"{route} is refused", "bounded", answer.status in (401, 403), answer.status)


def _endings(probe: _Probe) -> Iterator[SupportCheck]:
    """By itself after its time, and by the owner."""
    status, _ = probe.begin(seconds=1)
    was, until = probe.acting() or status == 201, time.monotonic() + END_SECONDS
    while probe.acting() and time.monotonic() < until:
        time.sleep(0.1)
    yield SupportCheck("ends by itself", "ending", was and not probe.acting(), status)
    status, access = probe.begin()
    ended = change(probe.owner, "DELETE", str(probe.run.setting("end")).replace("{id}", str(access))).status
    yield SupportCheck("ended by the owner", "ending", ended < 400 and not probe.acting(), ended)


def _nothing_left(probe: _Probe) -> SupportCheck:
    """None of the accesses that this run began lasts, by the owner's list. Raises CouldNotTell where it shows none."""
    rows = probe.items(str(probe.run.setting("listing")), "ticket")
    mine = [row for row in rows if row["ticket"] == probe.mark]
    if len(mine) < probe.begun or any(not isinstance(row.get("live"), bool) for row in mine):
        raise CouldNotTell("incomplete", "the owner's list does not show which of this check's accesses last")
    return SupportCheck("none of them is left", "ending", not any(row["live"] for row in mine), None)
