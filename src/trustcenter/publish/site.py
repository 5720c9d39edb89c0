"""The trust page as a folder of static files: Markdown and JSON written, mkdocs run, the ledger laid beside, switched.

The built folder holds everything that `trustcenter verify` needs, so a copy of the site can be checked by itself.
"""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trustcenter.errors import ConfigurationError, TrustCenterError
from trustcenter.publish import inert, templates
from trustcenter.publish.folder_switch import switch
from trustcenter.publish.machine import search_words
from trustcenter.publish.machine.security_txt import security_txt
from trustcenter.publish.machine.surface import lay, machine_files, page_texts
from trustcenter.publish.pages import pages
from trustcenter.publish.questionnaire.ready import Ready, ready_answers
from trustcenter.publish.readers import READERS
from trustcenter.publish.twins import Proofs, twins
from trustcenter.publish.values import View
from trustcenter.publish.words import minute, number

MANIFEST = ".generated.json"
_ASSETS = (
    "trust.css",
    "start.js",
    "freshness.js",
    "visits.js",
    "theme.js",
    "mark.svg",
    "fonts/inter.woff2",
    "fonts/jetbrains-mono.woff2",
)
_TIME_LIMIT = 1_800
_MKDOCS = "trustcenter.publish.mkdocs_run"


class SiteError(TrustCenterError):
    """mkdocs could not build the page; its own words are in the hint."""


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """What was built: the folder, and how many Markdown pages and JSON twins went into it."""

    folder: Path
    pages: int
    twins: int


def site_files(
    view: View, proofs: Proofs, instance: Path | None = None, ready: Ready | None = None
) -> dict[str, bytes]:
    """Every generated file of the site's folder, by path. Pure but for reading templates."""
    files = {path: text.encode() for path, text in pages(view, instance, ready).items()}
    return {**files, **twins(view, proofs)}


def build_site(
    view: View,
    proofs: Proofs,
    *,
    instance: Path,
    docs: Path,
    destination: Path,
    evidence: Path | None,
) -> BuiltSite:
    """Write the pages into `docs`, build them with mkdocs, copy the ledger in, and switch `destination` in one step.

    A hand-written page is never overwritten: ConfigurationError. SiteError when mkdocs refuses (it runs strict).
    """
    security_txt(view)  # refuses before anything is written
    with _uncollected():
        return _built(view, proofs, instance, docs, destination, evidence)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pages are hundreds of thousands of small values without cycles; looking for some takes a sixth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _built(
    view: View, proofs: Proofs, instance: Path, docs: Path, destination: Path, evidence: Path | None
) -> BuiltSite:
    ready = ready_answers(view)
    files = site_files(view, proofs, instance, ready)
    write_generated(docs, {**files, **_shipped_assets(docs)})
    destination.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=destination.parent))
    try:
        built = work / "site"
        configuration = work / "mkdocs.yml"
        configuration.write_text(mkdocs_configuration(view, instance, docs, built), encoding="utf-8")
        with ThreadPoolExecutor(max_workers=1) as beside:
            pages_built = beside.submit(_mkdocs, configuration)
            surface = machine_files(view, ready)
            pages_built.result()
        lay(built, {**surface, **page_texts(built, view)})
        index = built / search_words.PLACE
        if index.is_file():  # an instance may leave the search out
            index.write_bytes(search_words.with_questionnaire_words(index.read_bytes(), view))
        if evidence is not None:
            shutil.copytree(evidence, built / "evidence", ignore=_unpublished)
        switch(built, destination)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    markdown = sum(path.endswith(".md") for path in files)
    return BuiltSite(destination, markdown, len(files) - markdown)


def _shipped_assets(docs: Path) -> dict[str, bytes]:
    """Styles, script and fonts that the instance has not got of its own: written like pages, so that they stay new."""
    former = _former(docs)
    wanted = [f"assets/{name}" for name in _ASSETS]
    missing = [path for path in wanted if path in former or not (docs / path).is_file()]
    return {path: templates.asset(None, path.removeprefix("assets/")).read_bytes() for path in missing}


def _former(docs: Path) -> set[str]:
    """What the former run wrote."""
    manifest = docs / MANIFEST
    if not manifest.is_file():
        return set()
    try:
        return set(json.loads(manifest.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ConfigurationError("this is not a list of generated files", where=str(manifest)) from error


def write_generated(docs: Path, files: Mapping[str, bytes]) -> None:
    """Make the generated files of `docs` exactly these; what a former run wrote and this one did not is removed."""
    manifest = docs / MANIFEST
    former = _former(docs)
    for path in files:
        if path not in former and (docs / path).exists():
            raise ConfigurationError(
                "this file is hand-written and would be overwritten by a generated page of the same name",
                where=str(docs / path),
                hint="move it, or delete it if a former run left it behind",
            )
    docs.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps(sorted({*files, *former}), indent=0) + "\n", encoding="utf-8")
    for path in sorted(former - set(files)):
        (docs / path).unlink(missing_ok=True)
    for path, content in files.items():
        target = docs / path
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    manifest.write_text(json.dumps(sorted(files), indent=0) + "\n", encoding="utf-8")


def mkdocs_configuration(view: View, instance: Path, docs: Path, destination: Path) -> str:
    """The instance's `mkdocs.yml` (or the shipped one) with name, address, footer and navigation of this view."""
    import yaml

    own = instance / "mkdocs.yml"
    source = own if own.is_file() else templates.shipped_configuration()
    try:
        configuration: Any = yaml.safe_load(source.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"this is not a mkdocs configuration: {error}", where=str(source)) from error
    if not isinstance(configuration, dict):
        raise ConfigurationError("this is not a mkdocs configuration", where=str(source))
    _find_overrides(configuration, instance if own.is_file() else None)
    sample = " (sample)" if view.sample else ""
    footer = f"As of {minute(view.as_of)}, log checkpoint {number(view.checkpoint)}."
    if view.sample:
        footer = f"A sample organisation: {footer[0].lower()}{footer[1:]}"
    configuration |= {
        "site_name": inert.theme_text(f"{view.name}{sample}"),
        "site_url": f"{view.base}/",
        "copyright": footer,
        "docs_dir": str(docs.resolve()),
        "site_dir": str(destination.resolve()),
        "nav": navigation(view, docs),
    }
    text: str = yaml.safe_dump(configuration, sort_keys=False, allow_unicode=True)
    return text


def _find_overrides(configuration: dict[str, Any], instance: Path | None) -> None:
    """The theme's overrides: the instance's own where its configuration names some, else those that are shipped."""
    theme = configuration.get("theme")
    if not isinstance(theme, dict) or theme.get("name") != "material":
        return
    own = theme.get("custom_dir") if instance is not None else None
    folder = instance / own if instance is not None and isinstance(own, str) else templates.folders(None, "theme")[0]
    theme["custom_dir"] = str(folder.resolve())


def navigation(view: View, docs: Path) -> list[dict[str, Any]]:
    """Tabs of one level, the domains nested under "Claims"; hand-written pages of the instance come last."""
    generated = [{domain.title: f"{domain.id}.md"} for domain in view.domains]
    readers = [{name.capitalize(): f"readers/{name}.md"} for name in READERS]
    tabs: list[dict[str, Any]] = [
        {"Overview": "index.md"},
        {"Claims": ["claims/index.md", *generated, {"By reader": readers}]},
        {"Criteria": "frameworks.md"},
        {"Subprocessors": "subprocessors.md"},
        {"Documents": "documents.md"},
        {"Not done": "not-done.md"},
        {"Answers": "ready-answers.md"},
        {"Status": "status.md"},
        {"Verify": "verify.md"},
    ]
    known = _former(docs)
    own = sorted(path.name for path in docs.glob("*.md") if path.name not in known)
    return [*tabs, *({inert.theme_text(Path(name).stem.replace("-", " ").capitalize()): name} for name in own)]


def _mkdocs(configuration: Path) -> None:
    command = [sys.executable, "-m", _MKDOCS, "build", "--strict", "--config-file", str(configuration)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIME_LIMIT, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise SiteError(f"mkdocs did not finish within {_TIME_LIMIT} seconds") from error
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.startswith(("WARNING", "ERROR", "Error", "Aborted"))]
        hint = "\n  ".join(said[:20] or done.stderr.splitlines()[-5:])
        if "No module named mkdocs" in done.stderr:
            hint = "install it: pip install 'trustcenter[site]'"
        raise SiteError("mkdocs could not build the page", hint=hint)


def _unpublished(folder: str, names: list[str]) -> set[str]:
    """Locks and temporary files of a writer are no part of the ledger."""
    return {name for name in names if name.startswith(".") or name.endswith((".tmp", ".lock"))}
