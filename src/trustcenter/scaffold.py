"""A new instance as files: a pure plan from the templates of `templates/`; writing it is the command's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from trustcenter.catalog.schema import schema_files
from trustcenter.errors import ConfigurationError
from trustcenter.frameworks import KNOWN, framework
from trustcenter.strict.shape import suggest

FORGES = ("github", "none")
"""Where the instance's repository lives: decides which workflow is written."""
LIBRARIES = ("aws", "terraform")
"""Controls for infrastructure that not everybody has, each a folder of `templates/` with its source."""
_HERE = Path(__file__).resolve().parent


def plan(
    name: str,
    frameworks: Sequence[str],
    roles: Mapping[str, Sequence[str]],
    *,
    today: date,
    url: str = "https://www.example.com",
    forge: str = "github",
    libraries: Sequence[str] = (),
) -> dict[str, bytes]:
    """The files of a new instance, by path. `roles` are those the organisation has under each chosen law.

    Raises ConfigurationError for a framework, role, forge, library, name or address that cannot be.
    """
    _check(name, frameworks, roles, url, forge)
    for library in libraries:
        if library not in LIBRARIES:
            raise ConfigurationError(f"there are no controls for `{library}`", hint=suggest(library, LIBRARIES))
    values = {
        "name": name,
        "url": url,
        "host": urlsplit(url).hostname,
        "frameworks": [known for known in KNOWN if known in frameworks],
        "roles": {known: list(roles[known]) for known in KNOWN if known in frameworks and roles.get(known)},
        "forge": forge,
        "libraries": list(libraries),
        "today": today.isoformat(),
        "in_a_quarter": (today + timedelta(days=90)).isoformat(),
        "in_a_year": (today + timedelta(days=365)).isoformat(),
    }
    rendered = _rendered("instance", values)
    for library in libraries:
        more = _rendered(library, values)
        rendered["trustcenter.toml"] += more.pop("source.toml")
        rendered |= more
    files = {path: text.encode() for path, text in rendered.items() if forge == "github" or ".github/" not in path}
    schemas = {f"schemas/{name}": data for name, data in schema_files().items()}
    return dict(sorted((files | schemas).items()))


def _check(name: str, frameworks: Sequence[str], roles: Mapping[str, Sequence[str]], url: str, forge: str) -> None:
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise ConfigurationError("the organisation's name is one line of text", hint="`--name NAME`")
    if not frameworks:
        raise ConfigurationError("no framework is chosen", hint=f"known: {', '.join(KNOWN)}")
    for chosen in frameworks:
        if chosen not in KNOWN:
            raise ConfigurationError(f"there is no framework `{chosen}`", hint=suggest(chosen, KNOWN))
        known = framework(chosen).roles
        if known and not roles.get(chosen):
            hint = f"roles: {', '.join(known)}"
            raise ConfigurationError(f"obligations under {chosen} fall on roles, and none is declared", hint=hint)
    for chosen, role in ((law, role) for law, held in roles.items() for role in held):
        if chosen not in frameworks:
            raise ConfigurationError(f"`{role}` is a role under `{chosen}`, which is not chosen")
        if role not in framework(chosen).roles:
            raise ConfigurationError(f"`{role}` is no role under {chosen}", hint=suggest(role, framework(chosen).roles))
    if not re.fullmatch(r"https?://[^\s\"'`\\<>]+", url) or not urlsplit(url).hostname:
        raise ConfigurationError(f"`{url}` is no address", hint="write it like https://www.example.com")
    if forge not in FORGES:
        raise ConfigurationError(f"there is no workflow for `{forge}`", hint=suggest(forge, FORGES))


def _rendered(of: str, values: Mapping[str, Any]) -> dict[str, str]:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = _folder(of)
    environment = Environment(  # noqa: S701  what is made is YAML, TOML and Markdown, each with a filter of its own
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"toml": _quoted, "yaml": _quoted, "md": _markdown}
    environment.globals["criteria"] = lambda mapped: _criteria(mapped, values["frameworks"])
    rendered = {
        _path(name): environment.get_template(name).render(values)
        for name in environment.list_templates(filter_func=lambda name: name.endswith(".j2"))
    }
    # A control that needs another library is empty where that one was not chosen.
    return {path: text for path, text in rendered.items() if text.strip()}


def _folder(of: str) -> Path:
    """Beside the package in a wheel, at the top of a checkout."""
    for above in (_HERE, _HERE.parents[1]):
        folder = above / "templates" / of
        if folder.is_dir():
            return folder
    raise ConfigurationError("there are no templates for a new instance", hint="the installation is incomplete")


def _path(name: str) -> str:
    """`dot-github/x.j2` becomes `.github/x`: a template must not act in this repository."""
    return re.sub(r"(^|/)dot-", r"\1.", name.removesuffix(".j2"))


def _quoted(value: Any) -> str:
    """A text or list of texts, in the form that YAML and TOML share with JSON."""
    return json.dumps(value, ensure_ascii=False)


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]()#+!|<>&])", r"\\\1", text)


def _criteria(mapped: Mapping[str, Mapping[str, str]], frameworks: Sequence[str]) -> str:
    """The mappings of one control, to the chosen frameworks only."""
    lines = ["criteria:"]
    for name in frameworks:
        lines.append(f"  {name}:")
        lines += [f"    {_quoted(citation)}: {_quoted(why)}" for citation, why in mapped[name].items()]
    return "\n".join(lines)
