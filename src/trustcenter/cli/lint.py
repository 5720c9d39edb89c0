"""Find contradictions in what is claimed: over the instance, or over any page's text, HTML or Markdown."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustcenter.cli.console import Console
from trustcenter.model.amount import counted

if TYPE_CHECKING:
    from trustcenter.publish.lint import Finding, Page

EXAMPLES = """
trustcenter lint                                  # claims, policies, hand-written pages, registers of this instance
trustcenter lint --answers answered.csv           # and the answers in a questionnaire, held against them
trustcenter lint --page security.html             # any page: text, HTML or Markdown
trustcenter lint --page https://example.com/security --json
trustcenter lint --sarif lint.sarif               # for a code host
"""

LARGEST = 5_000_000
"""Bytes of a page that are read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--page", action="append", metavar="FILE|URL", help="read this page instead of the instance; may be repeated"
    )
    parser.add_argument(
        "--answers", action="append", metavar="FILE", help="answers of a questionnaire (CSV, XLSX, text)"
    )
    parser.add_argument("--sarif", metavar="FILE", help="also write the findings as SARIF 2.1.0 (`-`: print them)")
    parser.add_argument("--as-of", metavar="DATE", help="judge what is out of date on this day (default: today)")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter import __version__
    from trustcenter.cli.lint_pages import answers, instance_pages, page
    from trustcenter.cli.shell import clock, moment
    from trustcenter.publish.lint import lint
    from trustcenter.publish.lint.report import as_json, as_sarif

    today = (moment(arguments.as_of) if arguments.as_of else clock()).date()
    pages = [page(named) for named in arguments.page] if arguments.page else instance_pages(arguments)
    pages += [answers(named) for named in arguments.answers or ()]
    findings = lint(pages, today)
    if arguments.sarif:
        _write(arguments.sarif, as_sarif(findings, __version__))
    if console.json and arguments.sarif != "-":
        console.document({"version": __version__, "as_of": today, "read": _read(pages), "findings": as_json(findings)})
    elif arguments.sarif != "-":
        _print(console, findings, pages)
    return 1 if findings else 0


def _write(target: str, document: object) -> None:
    import json
    import sys
    from pathlib import Path

    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, encoding="utf-8")


def _read(pages: list[Page]) -> list[dict[str, object]]:
    return [{"file": one.name, "passages": len(one.passages)} for one in pages]


def _print(console: Console, findings: tuple[Finding, ...], pages: list[Page]) -> None:
    from trustcenter.publish.lint import FAMILIES

    for one in findings:
        console.print(f"{console.style(FAMILIES[one.family], 'bad')}  {one.rule}")
        for quote in one.quotes:
            console.print(f"  {quote.place}: {console.style(f'“{quote.text}”', 'strong')}")
        console.print(f"  why  {one.why}")
        console.print(f"  say  {one.suggestion}")
        console.print()
    sentences = sum(len(one.passages) for one in pages)
    read = f"{counted(sentences, 'passage')} in {counted(len(pages), 'page', 'files')}"
    if findings:
        console.print(f"{counted(len(findings), 'finding')} in {read}; each is a question to a person (docs/linter.md)")
    else:
        console.print(f"no contradiction was found in {read}; that is no proof that there is none (docs/linter.md)")
