"""The chain of each tenant's audit log, computed again, and held against the heads that were signed and published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors._hash_chain import Link, SignedHeads, label_of, link, read_heads, walk
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Sql

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class AuditChain:
    """One tenant's audit log as a chain."""

    chain: Annotated[str, Key]
    """The label under which its heads are published."""
    events: int
    gaps: int
    """Places where a number is left out."""
    edited: int
    """Events that are not what was written, or that follow one that was written anew."""
    moved: int
    """Events that stand behind another than they were written behind."""
    cut: bool | None
    """It ends before a head that was published; None where no head of it is published yet."""
    rewritten: bool | None
    """It holds another event than the one that a published head names; None as above."""
    head_age: timedelta
    """Since heads of all chains were last signed and published."""
    found: str
    """What is wrong, event by event; the first few."""

    @property
    def whole(self) -> bool:
        """Nothing is missing, changed or moved."""
        return not (self.gaps or self.edited or self.moved or self.cut or self.rewritten)


@collector(method="inspection", kinds=("platform",))
def audit_chain(http: Http, db: Sql, run: Run) -> Population[AuditChain]:
    """Every event of every tenant's audit log, its hash computed again, and the published heads looked for in it.

    Mapping: `table`, columns `tenant`, `number`, `previous`, `hash`; `content` lists the columns that a hash covers, in
    order; `heads_path` is where the signed note is published, `heads_key` the public key in PEM or a file with it.
    """
    content = postgresql.texts(run, "content")
    if not content:
        raise CouldNotTell("unsupported", "`content` names no column", hint="list what a hash covers, in order")
    names = {name: str(run.setting(name)) for name in ("tenant", "number", "previous", "hash")}
    columns = ", ".join(postgresql.quoted(name) for name in dict.fromkeys((*names.values(), *content)))
    table = postgresql.quoted(run.setting("table"))
    order = f"{postgresql.column(run, 'tenant')}, {postgresql.column(run, 'number')}"
    heads = _heads(http, run)  # before the rows: a chain only grows, so what was published is in what is read now
    query = f"select {columns} from {table} order by {order}"  # noqa: S608 - quoted by `quoted`
    chains: dict[str, list[Link]] = {}
    rows = db.rows(query)
    for row in rows:
        label = label_of(row[names["tenant"]])
        chains.setdefault(label, []).append(link(row, names["number"], names["previous"], names["hash"], content))
    clock = postgresql.server_clock(db)
    facts = tuple(
        _fact(label, chains.get(label, []), heads, clock - heads.at) for label in sorted({*chains, *heads.heads})
    )
    expected, method, independent = postgresql.count(db, table)
    return Population(
        facts=facts,
        completeness=Completeness(f"events: {method}", expected, len(rows), independent),
        query=query,
        parameters={"content": list(content)},
        observed_at=run.now(),
        source_clock=clock,
        actor=db.actor,
        permissions=postgresql.rights(db),
        notes=(f"Heads of {len(heads.heads)} chains, signed {heads.at:%Y-%m-%d %H:%M:%S} UTC.",),
    )


def _heads(http: Http, run: Run) -> SignedHeads:
    path = str(run.setting("heads_path"))
    answer = http.request("GET", path)
    if answer.status in (401, 403):
        raise CouldNotTell("denied", f"{path} answered {answer.status}")
    if answer.status != 200:
        raise CouldNotTell("unsupported", f"{path} answered {answer.status}: no heads are published")
    key = str(run.setting("heads_key"))
    try:
        text = key if key.startswith("-----") else Path(key).read_text("ascii")
    except (OSError, UnicodeError) as error:
        raise CouldNotTell("unsupported", f"source {run.source.name}: `heads_key` is no file with a key") from error
    return read_heads(answer.body, text)


def _fact(label: str, links: list[Link], heads: SignedHeads, age: timedelta) -> AuditChain:
    verdict = walk(links)
    hashes: Mapping[int, Any] = {each.number: each.hash for each in links}
    head = heads.heads.get(label)
    cut = rewritten = None
    if head is not None:
        cut = head[0] > max(hashes, default=0)
        rewritten = head[0] in hashes and hashes[head[0]] != head[1]
        if cut:
            verdict.say(f"ends at event {max(hashes, default=0)}, a published head names event {head[0]}")
        if rewritten:
            verdict.say(f"event {head[0]} is not the one that a published head names")
    named = list(verdict.notes or ())
    return AuditChain(
        chain=label,
        events=len(links),
        gaps=verdict.gaps,
        edited=verdict.edited,
        moved=verdict.moved,
        cut=cut,
        rewritten=rewritten,
        head_age=age,
        found="; ".join(named[:MOST_NAMED])
        + (f"; and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""),
    )
