"""The same claims in the order in which one kind of reader looks for them: a selection, never another wording."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trustcenter.model.collector import METHODS
from trustcenter.publish.values import ClaimView, View
from trustcenter.publish.words import METHOD_WORDS, domain_title

READERS = ("procurement", "security", "privacy", "auditor")


@dataclass(frozen=True, slots=True)
class ReaderView:
    """One reader's page: claims in sections, each claim at most once a section, at its own address."""

    id: str
    title: str
    lead: str
    sections: tuple[tuple[str, tuple[ClaimView, ...]], ...]
    asks: Mapping[str, str] = field(default_factory=dict)
    """What the criterion of a section asks, in its catalogue's words; empty for sections that name none."""

    @property
    def claims(self) -> int:
        """How many different claims it lists."""
        return len({claim.id for _, claims in self.sections for claim in claims})


def reader_views(view: View) -> tuple[ReaderView, ...]:
    """The four readers' pages; a section without claims is left out."""
    return (
        _made(
            "procurement",
            "For procurement",
            "What is asked before a contract, then what stands behind it: vendors, continuity, incidents, people.",
            [
                ("Asked first", [claim for claim in view.claims if claim.asks]),
                *_domains(view, ("vendors", "continuity", "incidents", "privacy", "people"), lambda c: not c.asks),
            ],
        ),
        _made(
            "security",
            "For security reviewers",
            "Technical claims by how they were tested: what was tried again first, what is only said last.",
            [
                (METHOD_WORDS[method][0], [c for c in _technical(view) if c.methods and c.methods[-1] == method])
                for method in reversed(METHODS)
            ]
            + [("Not shown today, or not tested", [c for c in _technical(view) if not c.methods])],
        ),
        _made(
            "privacy",
            "For privacy reviewers",
            "Claims that answer an article of the GDPR or a section of the CCPA, by article.",
            _by_criterion(view, ("GDPR", "CCPA")),
            _catalogue(view),
        ),
        _made(
            "auditor",
            "For auditors",
            "Claims by SOC 2 criterion, with the control, the counts and the place in the log.",
            _by_criterion(view, ("SOC 2",)),
            _catalogue(view),
        ),
    )


def _made(
    identifier: str,
    title: str,
    lead: str,
    sections: Iterable[tuple[str, Sequence[ClaimView]]],
    catalogue: Mapping[str, str] | None = None,
) -> ReaderView:
    filled = tuple((name, tuple(claims)) for name, claims in sections if claims)
    asks = {name: catalogue[whole] for name, _ in filled if catalogue and (whole := _whole(name)) in catalogue}
    return ReaderView(identifier, title, lead, filled, asks)


def _catalogue(view: View) -> dict[str, str]:
    """What each criterion asks, by its citation without pinpoint, in the catalogue's order."""
    return {
        _whole(f"{framework.name.rstrip('®')} {one.status.criterion}"): one.status.title
        for framework in view.frameworks
        for one in framework.obligations
    }


def _whole(citation: str) -> str:
    """`GDPR 32(1)(b)` and `GDPR Art. 32` as `GDPR 32`."""
    return citation.replace(" Art. ", " ").partition("(")[0]


def _domains(
    view: View, names: Sequence[str], wanted: Callable[[ClaimView], bool]
) -> list[tuple[str, list[ClaimView]]]:
    return [(domain_title(name), [c for c in view.claims if c.domain == name and wanted(c)]) for name in names]


def _technical(view: View) -> list[ClaimView]:
    return [claim for claim in view.claims if claim.domain in ("access", "data", "platform", "change", "continuity")]


def _by_criterion(view: View, frameworks: Sequence[str]) -> list[tuple[str, list[ClaimView]]]:
    found: dict[str, dict[str, ClaimView]] = {}
    for claim in view.claims:
        for framework, criteria in claim.criteria:
            if framework in frameworks:
                for criterion in criteria:
                    found.setdefault(f"{framework} {criterion}", {}).setdefault(claim.id, claim)
    order = {name: at for at, name in enumerate(frameworks)}
    place = {name: at for at, name in enumerate(_catalogue(view))}
    return sorted(
        ((name, list(own.values())) for name, own in found.items()),
        key=lambda item: (
            min(order[n] for n in order if item[0].startswith(n)),
            place.get(_whole(item[0]), len(place)),
            _key(item[0]),
        ),
    )


def _key(citation: str) -> tuple[tuple[int, int, str], ...]:
    """Citations in the order of their numbers: 5 before 32, CC6.2 before CC6.10, (a) before (b)."""
    parts = re.findall(r"\d+|\D+", citation)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
