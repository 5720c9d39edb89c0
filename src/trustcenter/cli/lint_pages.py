"""Fetches what the linter reads: files, addresses, the texts of an instance, answered questionnaires."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from trustcenter.cli.lint import LARGEST
from trustcenter.errors import ConfigurationError
from trustcenter.publish.lint import Page, read_page
from trustcenter.publish.lint.reading import format_of

ADDRESS = ("http://", "https://")


def page(named: str) -> Page:
    """A page by file or address. Raises ConfigurationError where it cannot be read whole, or holds no sentence."""
    if named.startswith(ADDRESS):
        text, media_type = _fetched(named)
        found = read_page(named, text, format_of(named, text, media_type))
    elif "://" in named:
        raise ConfigurationError(
            f"`{named}` is not a file and not http or https", hint="save the page, and name the file"
        )
    else:
        found = read_page(named, _file(Path(named)))
    if all(one.kind == "title" for one in found.passages):  # the frame of a page that a script draws has a title
        raise ConfigurationError(
            "there are no sentences on this page", where=named, hint="is it drawn by a script? save its text"
        )
    return found


def _file(path: Path) -> str:
    if path.is_dir():
        raise ConfigurationError(
            "this is a folder, and a page is one file",
            where=str(path),
            hint="name the file: its text, HTML or Markdown",
        )
    if not path.is_file():
        raise ConfigurationError("there is no such file", where=str(path))
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise ConfigurationError(
            f"the file has {len(data):,} bytes, more than the {LARGEST:,} that are read", where=str(path)
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError("the file is not UTF-8", where=str(path), hint="save it as UTF-8") from None


def _fetched(address: str) -> tuple[str, str]:
    import httpx

    try:
        with (
            httpx.Client(follow_redirects=True, max_redirects=5, timeout=20) as client,
            client.stream("GET", address, headers={"accept": "text/html, text/markdown, text/plain"}) as answer,
        ):
            if answer.status_code != 200:
                raise ConfigurationError(
                    f"the page answered {answer.status_code}", where=address, hint="save the page, and name the file"
                )
            data = b""
            for part in answer.iter_bytes():
                data += part
                if len(data) > LARGEST:
                    raise ConfigurationError(f"the page has more than {LARGEST:,} bytes", where=address)
            encoding = answer.charset_encoding or "utf-8"
            media_type = answer.headers.get("content-type", "")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(f"the page could not be fetched: {error}", where=address) from error
    try:
        return data.decode(encoding), media_type
    except (UnicodeDecodeError, LookupError):
        raise ConfigurationError(f"the page is not {encoding} as it says", where=address) from None


def instance_pages(arguments: argparse.Namespace) -> list[Page]:
    """Everything that an instance publishes in words: registers and claims, policies, hand-written pages."""
    from trustcenter.catalog.loader import load as load_catalogue
    from trustcenter.catalog.reader import read as read_files
    from trustcenter.cli.shell import folder
    from trustcenter.collectors.registry import descriptions
    from trustcenter.instance import load
    from trustcenter.publish.lint.declared import pages
    from trustcenter.publish.site import MANIFEST

    instance = load(folder(arguments), os.environ)
    catalogue = load_catalogue(read_files(instance), instance, descriptions())
    found = pages(catalogue, instance.file, instance.text.decode("utf-8"))
    generated = _generated(instance.site / MANIFEST)
    site = [
        path
        for path in sorted(instance.site.rglob("*.md"))
        if path.relative_to(instance.site).as_posix() not in generated
    ]
    for path in (*sorted((instance.root / "policies").rglob("*.md")), *site):
        found.append(read_page(path.relative_to(instance.root).as_posix(), _file(path), "markdown"))
    return found


def _generated(manifest: Path) -> frozenset[str]:
    if not manifest.is_file():
        return frozenset()
    try:
        return frozenset(json.loads(manifest.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ConfigurationError("this is not a list of generated files", where=str(manifest)) from error


def answers(named: str) -> Page:
    """The answers of a questionnaire: rows of a table (the question is the heading of its answer), or a text."""
    path = Path(named)
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        from trustcenter.publish.lint.answers import read_csv

        return read_csv(named, _file(path), "\t" if suffix == ".tsv" else ",")
    if suffix in (".xlsx", ".xlsm"):
        from python_calamine import CalamineWorkbook

        from trustcenter.publish.lint.answers import read_rows

        if not path.is_file():
            raise ConfigurationError("there is no such file", where=named)
        book = CalamineWorkbook.from_path(path)
        rows = [
            (number, [str(cell) for cell in row])
            for sheet in book.sheet_names
            for number, row in enumerate(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False), 1)
        ]
        return read_rows(named, rows)
    return page(named)
