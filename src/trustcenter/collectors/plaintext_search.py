"""A password that nobody else has is used, and then looked for wherever the platform might have kept it readable."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from trustcenter.collectors._holder import Holder, Mailbox, new_password, put_back
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.files import Folder
from trustcenter.sources.interface import Http, Sql

_COLUMNS = """
select c.table_schema, c.table_name, c.column_name
from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema')
  and c.data_type in ('text', 'character varying', 'character', 'json', 'jsonb', 'xml', 'bytea', 'ARRAY')
  and has_column_privilege(format('%I.%I', c.table_schema, c.table_name), c.column_name, 'select')
order by 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class PlaceSearched:
    """One place in which the password might have been kept."""

    place: Annotated[str, Key]
    kind: Literal["column", "folder"]
    hits: int
    """Rows, or occurrences in files: as typed, percent-encoded, in hexadecimal or base64."""


@collector(method="probe", kinds=("platform",), safety="canary")
def plaintext_search(http: Http, sql: Sql, run: Run) -> Population[PlaceSearched]:
    """A canary's unique password, tried wrongly, set and put back, is looked for in columns, logs and mail."""
    word, wrong, mailbox = new_password(), new_password(), Mailbox(run)
    holder = Holder.enter(http, run)
    try:
        stranger = Holder(http.session(), holder.form, holder.paths, holder.email, holder.password)
        stranger.attempt(wrong, address=f"{new_password(16).lower()}@{holder.email.partition('@')[2]}")
        stranger.http.request("POST", f"{holder.form.path}?{holder.form.password_field}={wrong}", form={}, retry=False)
        holder.step_up()
        changed = holder.change_password(word)
        if changed.status >= 400:
            raise CouldNotTell("denied", "the canary's change of password was refused")
    finally:
        put_back(http, run, holder)
    holder.sign_out()
    needles = {form for each in (word, wrong) for form in _forms(each)}
    columns = sql.committed(_COLUMNS)
    if not columns:
        raise CouldNotTell("denied", "the reader may read no column in which a text could be")
    facts = [_column(sql, row, needles) for row in columns]
    request = changed.header(str(run.setting("request_header")))
    if not request or not _told(run, mailbox, holder.email) or not _logged(run, request):
        raise CouldNotTell(
            "incomplete", "logs and mails do not hold the canary's own deed: these are not the live ones"
        )
    folders = [_folder(place, run, needles) for place in _folders(run)]
    return Population(
        facts=(*facts, *folders),
        completeness=Completeness(
            "readable columns of texts, and the mapped folders with every file in them, searched to the end",
            len(columns) + len(_folders(run)),
            len(facts) + len(folders),
        ),
        query="two unique passwords of a canary in every readable column of texts, in logs and in mail",
        parameters={"canary": "c"},
        observed_at=run.now(),
        actor=sql.actor,
        notes=("Columns that the reader may not read, such as the hash itself, were not searched.",),
    )


def _told(run: Run, mailbox: Mailbox, address: str) -> bool:
    """Whether the message about the change of password is where mails are searched."""
    return mailbox.wait(address, str(run.setting("changed_subject"))) is not None


def _logged(run: Run, request: str) -> bool:
    """Whether the request that changed the password is in the access log that is searched."""
    place = Path(str(run.setting("access_log")))
    return any(request.encode() in line for line in Folder(place.parent, name=run.source.name).lines(place.name))


def _forms(word: str) -> tuple[str, ...]:
    raw = word.encode()
    return word, quote(word, safe=""), raw.hex(), base64.b64encode(raw).decode().rstrip("=")


def _column(sql: Sql, row: object, needles: set[str]) -> PlaceSearched:
    schema, table, column = row["table_schema"], row["table_name"], row["column_name"]  # type: ignore[index]
    quoted = ['"' + str(part).replace('"', '""') + '"' for part in (schema, table, column)]
    found = sql.committed(
        f"select count(*) as hits from {quoted[0]}.{quoted[1]} t "  # noqa: S608 - names quoted above
        f"where exists (select 1 from unnest(%(needles)s::text[]) n where position(n in t.{quoted[2]}::text) > 0)",
        {"needles": sorted(needles)},
    )
    return PlaceSearched(f"{schema}.{table}.{column}", "column", int(found[0]["hits"]))


def _folders(run: Run) -> list[Path]:
    """The folder of the access log, with what lies beside it, and the folder of the mails."""
    return [Path(str(run.setting("access_log"))).parent, Path(str(run.setting("mail_sink")))]


def _folder(place: Path, run: Run, needles: set[str]) -> PlaceSearched:
    folder, hits = Folder(place, name=run.source.name), 0
    longest = max(map(len, needles))
    for name in folder.names("*"):
        rest = b""
        for chunk in folder.chunks(name):
            text = rest + chunk
            hits += sum(text.count(needle.encode()) for needle in needles)
            rest = text[-(longest - 1) :]
    return PlaceSearched(place.name, "folder", hits)
