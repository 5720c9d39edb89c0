"""The instance: a folder with `trustcenter.toml`. Where things lie, who declares, which systems are looked at."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from trustcenter.errors import ConfigurationError, Problems
from trustcenter.model.catalogue import NotDone, Organisation, SecurityTxt
from trustcenter.model.settings import Settings
from trustcenter.model.source import Source
from trustcenter.strict.document import Document
from trustcenter.strict.shape import Duration, Line, Lines, Name, Shape, Text, check, in_order
from trustcenter.strict.toml_reader import read as read_toml

FILE = "trustcenter.toml"

Relative = Annotated[str, Field(pattern=r"^[^/\\~\x00][^\\\x00]*$", max_length=400)]
Address = Annotated[str, Field(pattern=r"^https://[^\s<>\"']+$", max_length=2000)]


class SecurityTxtShape(Shape):
    """What security.txt says besides the contact; without `expires`, 180 days after the assessment."""

    expires: date | None = None
    policy: Address | None = None
    acknowledgments: Address | None = None
    languages: list[Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]] = Field(default=["en"])


class NotDoneShape(Shape):
    """One thing that is not done: the sentence, its name in links, and phrases of questions that it answers with No."""

    id: Name | None = None
    say: Line
    opposites: Lines = Field(default=[])
    decided: date | None = None

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core)]}


def _sentence(value: Any) -> Any:
    """A sentence alone is an entry that says no more."""
    return {"say": value} if isinstance(value, str) else value


class OrganisationShape(Shape):
    """Who declares, what the page covers, which roles and categories are in scope."""

    name: Line
    url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)]
    covers: Text
    sample: bool = False
    frameworks: list[Name] = Field(default=["soc2", "gdpr", "ccpa"])
    categories: list[Name] = Field(default=["security"])
    not_done: list[Annotated[NotDoneShape, BeforeValidator(_sentence)]] = Field(default=[])
    longest_waiver: Duration = timedelta(days=180)
    roles: dict[str, list[Name]] = Field(default={})
    contacts: dict[str, Line] = Field(default={})
    security_txt: SecurityTxtShape = SecurityTxtShape()


class PathsShape(Shape):
    """Folders of the instance, relative to it."""

    controls: Relative = "controls"
    evidence: Relative = "evidence"
    private: Relative = ".trustcenter/private"
    keys: Relative = ".trustcenter/keys"
    site: Relative = "site"
    build: Relative = "build"


class LedgerShape(Shape):
    """What the ledger does beyond signing: an RFC 3161 authority that timestamps each checkpoint, and where
    `trustcenter ledger` keeps it (`s3://BUCKET/PREFIX` or `git:REMOTE/BRANCH`).
    """

    remote: Annotated[str, Field(pattern=r"^(s3://|git:)\S+$", max_length=2000)] | None = None
    endpoint_url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)] | None = None
    timestamp_authority: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)] | None = None


class InstanceShape(Shape):
    """trustcenter.toml."""

    env_file: Relative | None = None
    organisation: OrganisationShape
    paths: PathsShape = PathsShape()
    ledger: LedgerShape = LedgerShape()
    sources: dict[Name, dict[str, Any]] = Field(default={})


class SourceShape(Shape):
    """What every source says of itself; its other keys are settings that its kind and collectors understand."""

    kind: Name
    environment: Literal["production", "staging", "demo"] = "production"
    account: Line | None = None
    mapping: dict[Name, dict[str, Any]] = Field(default={})


@dataclass(frozen=True)
class Instance:
    """An instance as declared. Folders are absolute below `root`; `text` are the very bytes of its trustcenter.toml."""

    root: Path
    organisation: Organisation
    sources: tuple[Source, ...]
    controls: Path
    evidence: Path
    private: Path
    keys: Path
    site: Path
    build: Path
    env_file: Path | None
    timestamp_authority: str | None
    ledger_remote: str | None
    ledger_endpoint: str | None
    text: bytes = field(repr=False)
    document: Document = field(repr=False, compare=False)
    source_digests: Mapping[str, str] = field(default_factory=dict)
    """Source to digest of its table as written, before variables are filled in: nothing secret is in it."""

    @property
    def file(self) -> str:
        return self.document.file

    def source(self, name: str) -> Source:
        """One source. Raises ConfigurationError where there is none of that name."""
        for source in self.sources:
            if source.name == name:
                return source
        known = ", ".join(source.name for source in self.sources) or "none"
        raise ConfigurationError(f"there is no source `{name}`", where=self.file, hint=f"known: {known}")


def find(folder: Path) -> Path:
    """The nearest folder, upward, that holds trustcenter.toml. Raises ConfigurationError."""
    start = folder.resolve()
    for candidate in (start, *start.parents):
        if (candidate / FILE).is_file():
            return candidate
    raise ConfigurationError(
        f"there is no {FILE} here or above", where=str(folder), hint="`trustcenter init` makes a new instance"
    )


def load(folder: Path, environment: Mapping[str, str]) -> Instance:
    """Find and read the instance around `folder`. `environment` wins over what its `env_file` says."""
    root = find(folder)
    first = parse((root / FILE).read_bytes(), environment, root=root)
    if first.env_file is None or not first.env_file.is_file():
        return first
    try:
        lines = first.env_file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError("the file is not UTF-8", where=str(first.env_file)) from None
    name = first.env_file.relative_to(root).as_posix()
    return parse(first.text, {**variables(lines, name), **environment}, root=root)


def variables(text: str, file: str) -> dict[str, str]:
    """The lines `KEY=VALUE` of an environment file. Raises ConfigurationError naming the line, never its content."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key):
            raise ConfigurationError("this line is not KEY=VALUE", where=f"{file}:{number}")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        found[key] = value[1:-1] if quoted else value
    return found


def parse(data: bytes, environment: Mapping[str, str], *, root: Path, file: str = FILE) -> Instance:
    """An instance from the bytes of its trustcenter.toml. Raises Problems with every error in it.

    A variable that is not set makes its source unavailable when used, not when loaded.
    """
    document, problems = read_toml(data, file)
    if document is None:
        raise Problems(in_order(problems))
    shape, problems = check(InstanceShape, document)
    tables = document.value.get("sources", {})
    sources: list[Source] = []
    for name, table in tables.items() if isinstance(tables, dict) else ():
        if isinstance(table, dict):
            source, found = _source(name, table, document, environment)
            problems += found
            sources += [source] if source is not None else []
    if shape is None or problems:
        raise Problems(in_order(problems))
    said = shape.organisation
    not_done, problems = _not_done(said.not_done, document)
    if problems:
        raise Problems(in_order(problems))
    organisation = Organisation(
        name=said.name,
        url=said.url,
        covers=said.covers,
        sample=said.sample,
        frameworks=tuple(said.frameworks),
        roles={framework: tuple(roles) for framework, roles in said.roles.items()},
        categories=tuple(said.categories),
        contacts=dict(said.contacts),
        not_done=not_done,
        longest_waiver=said.longest_waiver,
        security_txt=SecurityTxt(
            expires=said.security_txt.expires,
            policy=said.security_txt.policy or "",
            acknowledgments=said.security_txt.acknowledgments or "",
            languages=tuple(said.security_txt.languages),
        ),
    )
    folders = {name: _inside(root, path, name, document) for name, path in shape.paths.model_dump().items()}
    return Instance(
        root=root,
        organisation=organisation,
        sources=tuple(sources),
        **folders,
        env_file=root / shape.env_file if shape.env_file else None,
        timestamp_authority=shape.ledger.timestamp_authority,
        ledger_remote=shape.ledger.remote,
        ledger_endpoint=shape.ledger.endpoint_url,
        text=data,
        document=document,
        source_digests={name: _digest(table) for name, table in tables.items()},
    )


def _not_done(said: Sequence[NotDoneShape], document: Document) -> tuple[tuple[NotDone, ...], list[ConfigurationError]]:
    """The entries with their names: the one that is written, else the first words of the sentence."""
    found: dict[str, NotDone] = {}
    problems = []
    for number, one in enumerate(said):
        place = document.place(("organisation", "not_done", number))
        words = re.findall(r"[a-z0-9]+", one.say.lower())[:8]
        name = one.id or "-".join(words)[:80].strip("-") or f"entry-{number + 1}"
        if name in found:
            hint = "give one of them an `id` of its own, or strike it"
            problems.append(ConfigurationError(f"`{name}` is said twice not to be done", where=str(place), hint=hint))
        found[name] = NotDone(name, one.say, place, tuple(one.opposites), one.decided)
    return tuple(found.values()), problems


def _inside(root: Path, path: str, name: str, document: Document) -> Path:
    if ".." in Path(path).parts:
        where = str(document.place(("paths", name)))
        raise ConfigurationError(f"`{path}` leaves the instance", where=where, hint="name a folder below it")
    return root / path


def _source(
    name: str, table: dict[str, Any], document: Document, environment: Mapping[str, str]
) -> tuple[Source | None, list[ConfigurationError]]:
    place = document.key_place(("sources", name))
    own = {key: value for key, value in table.items() if key in SourceShape.model_fields}
    part = Document(document.file, {"sources": {name: own}}, document.spot)
    shape, problems = check(SourceShape, part, ("sources", name))
    if shape is None:
        return None, problems
    rest = {key: value for key, value in table.items() if key not in own}
    mapping = {
        collector: Settings(words, environment, name, document.place(("sources", name, "mapping", collector)))
        for collector, words in shape.mapping.items()
    }
    settings = Settings(rest, environment, name, place)
    return Source(name, shape.kind, shape.environment, settings, mapping, shape.account, place), []


def _digest(table: Any) -> str:
    text = json.dumps(table, sort_keys=True, separators=(",", ":"), default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
