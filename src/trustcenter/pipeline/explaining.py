"""One claim's chain as a value: what it says, what it rests on, and the commands that check it again."""

from __future__ import annotations

from typing import Any

from trustcenter.model.condition import shower
from trustcenter.pipeline.answering import declared
from trustcenter.pipeline.line import Line
from trustcenter.pipeline.publishing import Verified
from trustcenter.publish.values import ClaimView, View


def explain(line: Line, found: Verified, page: View, claim: ClaimView) -> dict[str, Any]:
    """The chain of one claim, down to log entries; readable by whoever runs the command (auditor's tier)."""
    control = line.catalogue.control(claim.control)
    declared = next(one for one in control.claims if f"{control.id}/{one.id}" == claim.id)
    tests = {test.id: test for test in control.tests}
    wanted = declared.tests or tuple(tests)
    return {
        "claim": claim.id,
        "sentence": claim.sentence,
        "topic": claim.short,
        "state": claim.state_words,
        "address": claim.address,
        "control": control.id,
        "place": str(declared.place),
        "owner": control.owner,
        "criteria": {name: list(ids) for name, ids in claim.criteria},
        "tests": [
            {
                "test": one.test,
                "source": one.source,
                "environment": one.environment,
                "place": str(one.place),
                "method": one.method,
                "conclusion": one.conclusion.replace("_", " ") + (f" ({one.cause})" if one.cause else ""),
                "passed": one.passed,
                "examined": one.examined,
                "where": _english(line, tests[one.test].where, tests[one.test].collector),
                "expect": _english(line, tests[one.test].expect, tests[one.test].collector),
                "reason": one.reason,
                "evidence": [
                    {"digest": digest, "entry": entry.index, "observed": f"{entry.observed:%d %b %Y, %H:%M:%S} UTC"}
                    for digest in one.evidence
                    if (entry := found.record.entries.get(digest)) is not None
                ],
            }
            for one in found.newest.assessment.conclusions
            if one.control == control.id and one.test in wanted
        ],
        "assessment": found.newest.digest,
        "assessment_entry": found.newest.index,
        "checkpoint": found.record.size,
        "again": [
            f"trustcenter collect --control {control.id} && trustcenter assess",
            f"trustcenter verify {line.instance.build.name}/site/{claim.twin} --key '{found.record.key}'",
        ],
    }


def explain_declared(line: Line, name: str) -> list[dict[str, Any]]:
    """What was declared, and no test looks at, by its id: what is not done, what is outside of the scope, a reviewed
    answer. Empty for a name of none of them; `iso-27001` finds `not-done/iso-27001`."""
    catalogue = line.catalogue
    written: dict[str, tuple[str, str, str]] = {}
    written |= {one.claim: (str(one.place), "", "") for one in catalogue.organisation.not_done}
    written |= {
        f"scope/{one.framework}:{one.criterion}": (str(one.place), one.owner, "") for one in catalogue.carve_outs
    }
    written |= {
        f"scope/{one.framework}:{one.criterion}": (str(one.place), one.owner, "") for one in catalogue.not_relevant
    }
    written |= {
        f"answers/{one.id}": (str(one.place), one.owner, f"{one.expires:%d %b %Y}") for one in catalogue.answers
    }
    return [
        {
            "claim": one.claim,
            "sentence": one.sentence,
            "state": one.state.replace("_", " ").capitalize(),
            "address": one.link,
            "place": written[one.claim][0],
            "owner": written[one.claim][1],
            "decided": f"{one.as_of:%d %b %Y}" if one.as_of else "",
            "until": written[one.claim][2],
        }
        for one in declared(line, line.now())
        if name in (one.claim, one.claim.partition("/")[2])
    ]


def _english(line: Line, conditions: Any, collector: str | None) -> list[str]:
    description = line.collectors.get(collector or "")
    schema = description.schema if description is not None else None
    return [
        condition.english(shower(schema)) if schema is not None else condition.english() for condition in conditions
    ]
