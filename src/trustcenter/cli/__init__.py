"""The command line: one file per command, imported only when that command runs."""

from __future__ import annotations

import sys

COMMANDS: dict[str, str] = {
    "init": "scaffold a new instance in an empty folder",
    "schema": "write the JSON Schemas that editors check control files with",
    "test": "run the cases written in controls: rows in, conclusion out",
    "coverage": "each criterion and obligation: covered, carved out, not relevant, or a gap",
    "collect": "query the platform and write signed evidence",
    "assess": "judge the evidence in the ledger and write a signed assessment",
    "check": "collect, judge and compare: the command for CI",
    "lint": "find contradictions in what is claimed",
    "import-page": "turn an existing security page into draft controls",
    "drift": "what changed between two signed assessments",
    "plan": "which sentences of the published page would change",
    "publish": "build the trust page from the ledger",
    "pack": "build a pack for a reader under a confidentiality agreement",
    "audit-folder": "write the auditor's folder: populations, queries, deviations, index",
    "answer": "answer a customer's questionnaire in its own file",
    "work": "answer the questionnaires that wait in the portal",
    "ask": "answer one question from what is held today",
    "match": "match questions with controls, criteria and answers, one a line",
    "sent": "questionnaires that were sent, and which answers rest on claims that fell",
    "ledger": "keep the ledger in a bucket or a git branch: pull, push, rejoin",
    "verify": "check a ledger or a copy of the site, offline",
    "explain": "the chain from a sentence down to its proof",
    "erase": "make every stored row about one person unreadable, and log it",
    "aws": "the read-only policy that the AWS collectors in use need",
    "keys": "make, show and rotate the signing key",
}
"""Command name to summary; the module is the name with underscores."""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code (0 good; 1 drift; 2 usage; 3 inconclusive; 4 stale; 5 tampered)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["--version"], ["-V"]):
        from trustcenter import __version__

        print(f"trustcenter {__version__}")
        return 0
    from trustcenter.cli.start import run

    return run(arguments)
