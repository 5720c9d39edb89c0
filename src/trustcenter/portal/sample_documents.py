"""Texts that the demo puts into each organisation's folder. They describe a sample and say so."""

from __future__ import annotations

DOCUMENTS: tuple[dict[str, str], ...] = (
    {
        "title": "How to read our trust page (sample)",
        "kind": "note",
        "body": "This folder holds what we share with your organisation and with nobody else.\n\n"
        "Each sentence on the public trust page is bound to a control. Where a number is given, it was read from "
        "evidence at the time printed beside it. A sentence that can no longer be confirmed is withdrawn.\n\n"
        "This is a sample document of a sample vendor.",
    },
    {
        "title": "Mutual non-disclosure agreement (sample)",
        "kind": "agreement",
        "body": "A sample text, not a contract.\n\n"
        "1. Documents in this folder are confidential. They are shown to you so that you can assess the vendor.\n\n"
        "2. You may share them inside your organisation with people who need them for that purpose.\n\n"
        "3. Each document that is opened here is recorded in the activity list of your organisation.",
    },
    {
        "title": "Restore drill, what we measure (sample)",
        "kind": "report",
        "body": "A drill starts from the backup files alone. It restores into an empty cluster "
        "up to a recorded marker, and compares the number and the digest of rows in "
        "every table with what was recorded at that moment.\n\n"
        "The time the drill took is published with its date. A drill that cannot be completed counts as not done.",
    },
    {
        "title": "Incident notice, whom we write to (sample)",
        "kind": "policy",
        "body": "If personal data that we process for you is affected, we write to the contact in your agreement "
        "without undue delay after becoming aware.\n\n"
        "Keep that contact up to date: a notice to an address nobody reads helps no one.",
    },
)

CANARY: dict[str, str] = {
    "title": "Canary",
    "kind": "note",
    "body": "This document exists so that a probe can check that no other organisation ever sees it.",
}
