"""Findings for machines: JSON, and SARIF 2.1.0 for code hosts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trustcenter.publish.lint.finding import FAMILIES, Finding, Quote


def as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Each finding with family, verbatim quotes, why, suggestion; `quotes` and `positions` run in step.

    `likely` is true where only the pair model says so.
    """
    return [
        {
            "rule": one.rule,
            "family": one.family,
            "family_name": FAMILIES[one.family],
            "likely": one.likely,
            "quotes": [quote.text for quote in one.quotes],
            "why": one.why,
            "suggestion": one.suggestion,
            "position": _position(one.first),
            "positions": [_position(quote) for quote in one.quotes],
        }
        for one in findings
    ]


def _position(quote: Quote) -> dict[str, Any]:
    return {
        "file": quote.place.file,
        "line": quote.place.line,
        "column": quote.place.column,
        "start": quote.start,
        "end": quote.end,
    }


def as_sarif(findings: Sequence[Finding], version: str, read: str = "") -> dict[str, Any]:
    """One SARIF run. The second quote is a related location; columns count Unicode characters from 1.

    `read` says how far the sentence model read, or that it did not.
    """
    rules = sorted({(one.rule, one.family) for one in findings})
    numbers = {rule: number for number, (rule, _) in enumerate(rules)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "trustcenter lint",
                        "version": version,
                        "rules": [
                            {
                                "id": rule,
                                "shortDescription": {"text": f"{FAMILIES[family]}: {rule}"},
                                "properties": {"family": family},
                            }
                            for rule, family in rules
                        ],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [{"level": "note", "message": {"text": read}}] if read else [],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, numbers[one.rule]) for one in findings],
            }
        ],
    }


def _result(one: Finding, number: int) -> dict[str, Any]:
    against = f' Against: "{one.second.text}" ({one.second.place}).' if one.second else ""
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": number,
        "level": "note" if one.likely else "warning",
        "message": {"text": f'"{one.first.text}"{against} {one.why} {one.suggestion}'},
        "locations": [_location(one.first)],
        "properties": {"family": one.family, "suggestion": one.suggestion, "quotes": [q.text for q in one.quotes]},
    }
    if one.second is not None:
        result["relatedLocations"] = [{"id": 1, **_location(one.second), "message": {"text": one.second.text}}]
    return result


def _location(quote: Quote) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote.place.file.replace(" ", "%20")},
            "region": {
                "startLine": quote.place.line,
                "startColumn": quote.place.column,
                "charOffset": quote.start,
                "charLength": quote.end - quote.start,
                "snippet": {"text": quote.text},
            },
        }
    }
