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
trustcenter lint --page security.html --thorough   # an hour of a reader: more is found, more of it is wrong
trustcenter lint --sarif lint.sarif               # for a code host
"""

_RULES_ONLY = (
    "held against each other by rules only: pip install 'trustcenter[meaning]' and --no-deps --require-hashes "
    "-r requirements/meaning.txt, and pairs are read for likely contradictions too"
)
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
    parser.add_argument(
        "--rules-only",
        action="store_true",
        help="with --page: what rules show and all of it, without the sentence model",
    )
    parser.add_argument(
        "--thorough", action="store_true", help="with --page: less likely pairs too; more is found, more of it is wrong"
    )
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
    beyond = ""
    doubted: tuple[Finding, ...] = ()
    if arguments.page and not arguments.rules_only:
        findings, doubted, beyond = _with_model(console, pages, findings, arguments.thorough)
    if arguments.sarif:
        _write(arguments.sarif, as_sarif(findings, __version__, beyond))
    if console.json and arguments.sarif != "-":
        console.document(
            {
                "version": __version__,
                "as_of": today,
                "read": _read(pages),
                "beyond_rules": beyond,
                "findings": as_json(findings),
                "doubted": as_json(doubted),
            }
        )
    elif arguments.sarif != "-":
        _print(console, findings, pages)
        if beyond:
            console.print(console.style(beyond, "dim"))
    return 1 if findings else 0


def _with_model(
    console: Console, pages: list[Page], told: tuple[Finding, ...], thorough: bool
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], str]:
    """What is told, what the model doubts, and how far it read; without the model how to get it."""
    from trustcenter.publish import meaning

    if not meaning.available():
        return told, (), _RULES_ONLY
    from trustcenter.publish.lint import pair_model
    from trustcenter.publish.lint.likely import Reader, likely

    read = likely(
        pages,
        Reader(pair_model.load(), meaning.load()),
        told,
        lambda done, total: console.progress(done, total, "pairs of sentences"),
        thorough=thorough,
    )
    said = f"{counted(read.pairs, 'pair')} of sentences read by the sentence model"
    if read.left_out:
        said += f"; {read.left_out:,} less near to each other were not read"
    if read.unread:
        said += f"; {counted(read.unread, 'passage')} at the end of a long page not read"
    if read.doubted:
        said += (
            f"; {counted(len(read.doubted), 'finding')} of rules that it does not agree with left out (--rules-only)"
        )
    return read.findings, read.doubted, said


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
        style, rule = ("warn", "likely, by the sentence model") if one.likely else ("bad", one.rule)
        console.print(f"{console.style(FAMILIES[one.family], style)}  {rule}")
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
