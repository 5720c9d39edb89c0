"""`/.well-known/security.txt` as it is served: whom to tell of a weakness (RFC 9116)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Response

PATH = "/.well-known/security.txt"
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]*):[ \t]+(.+)")
_URI = re.compile(r"(https://|mailto:|tel:)\S+")


@dataclass(frozen=True, slots=True)
class SecurityTxtFile:
    """The file at the one place where readers look for it, of one host."""

    host: Annotated[str, Key]
    address: Annotated[str, Key]
    served: bool
    """Answered with 200; anything else is `served: false`."""
    plain_text: bool
    """`text/plain` in UTF-8 (RFC 9116 3)."""
    contacts: tuple[str, ...]
    expires: datetime | None
    canonical_matches: bool | None
    """The file names its own address among its `Canonical`; absent where it has none."""
    signed: bool
    problems: tuple[str, ...]

    @property
    def valid(self) -> bool:
        """What RFC 9116 demands is there: contacts, one expiry, plain text."""
        return (
            self.served and self.plain_text and bool(self.contacts) and self.expires is not None and not self.problems
        )


@collector(method="probe", kinds=("platform", "endpoint"))
def security_txt(http: Http, run: Run) -> Population[SecurityTxtFile]:
    """Fetches security.txt and reads it as RFC 9116 says: contacts, expiry, canonical address, signature.

    Every host of the source is asked, since a file counts for its own host only (RFC 9116 3.1): that of `url`, and
    those of `hosts`. One that cannot be reached raises CouldNotTell for all.
    """
    hosts = http.hosts()
    facts = tuple(_of(host.label, client) for host, client in hosts)
    return Population(
        facts=facts,
        completeness=Completeness(
            "the one address that RFC 9116 3 names, at each host", len(hosts), len(facts), independent=True
        ),
        query=f"GET {PATH} without a session; redirects are not followed",
        parameters={"hosts": [host.label for host, _ in hosts]},
        observed_at=run.now(),
    )


def _of(host: str, http: Http) -> SecurityTxtFile:
    response = http.request("GET", PATH)
    if response.status in (401, 403):
        raise CouldNotTell("denied", f"{PATH} answered {response.status}", hint="it must be there for everybody")
    if response.status not in (200, 404, 410):
        raise CouldNotTell("contradicted", f"{PATH} answered {response.status}, which says neither yes nor no")
    return _read(host, response)


def _read(host: str, response: Response) -> SecurityTxtFile:
    kind = (response.header("content-type") or "").lower().replace(" ", "")
    plain = kind.startswith("text/plain") and "charset=" not in kind.replace("charset=utf-8", "")
    problems: list[str] = []
    text = ""
    if response.status == 200:
        try:
            text = response.body.decode("utf-8")
        except UnicodeDecodeError:
            problems.append("it is not UTF-8")
    signed = text.startswith("-----BEGIN PGP SIGNED MESSAGE-----")
    fields: dict[str, list[str]] = {}
    for number, line in enumerate(_body(text) if signed else text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _FIELD.fullmatch(line.rstrip())
        if found is None:
            problems.append(f"line {number} is no field")
        else:
            fields.setdefault(found[1].lower(), []).append(found[2].strip())
    contacts = fields.get("contact", [])
    problems += [f"`{one[:60]}` is no address of a contact" for one in contacts if not _URI.fullmatch(one)]
    for name in ("expires", "preferred-languages"):
        if len(fields.get(name, [])) > 1:
            problems.append(f"`{name}` stands there twice")
    canonical = fields.get("canonical", [])
    return SecurityTxtFile(
        host=host,
        address=PATH,
        served=response.status == 200,
        plain_text=plain,
        contacts=tuple(contacts),
        expires=_moment(fields.get("expires", []), problems),
        canonical_matches=response.url in canonical if canonical else None,
        signed=signed,
        problems=tuple(problems),
    )


def _body(text: str) -> list[str]:
    """What stands between the header and the signature of a cleartext signature (RFC 4880 7)."""
    head, _, rest = text.replace("\r\n", "\n").partition("\n\n")
    body = rest.partition("-----BEGIN PGP SIGNATURE-----")[0]
    return [line.removeprefix("- ") for line in body.splitlines()] if head else []


def _moment(values: list[str], problems: list[str]) -> datetime | None:
    """RFC 3339 with an offset, as 2.5.5 says."""
    if not values:
        return None
    try:
        found = datetime.fromisoformat(values[0])
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        problems.append("`expires` is no moment")
        return None
    return found.astimezone(UTC)
