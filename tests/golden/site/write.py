"""Writes the golden pages anew from the sample organisation: run it after an intended change, and read the diff."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "support"))

from larkspur import sample  # noqa: E402

from trustcenter.publish.site import site_files  # noqa: E402
from trustcenter.publish.view import build_view  # noqa: E402

PAGES = ("index.md", "access.md", "verify.md", "not-done.md", "subprocessors.md", "claims/access/owner-2fa.json")


def main() -> None:
    given = vars(sample())
    view = build_view(given.pop("catalogue"), given.pop("assessment"), given.pop("record"), **given)
    files = site_files(view, lambda name: {"statement": name, "inclusion": [], "checkpoint": "note"})
    for name in PAGES:
        (HERE / name).parent.mkdir(parents=True, exist_ok=True)
        (HERE / name).write_bytes(files[name])


main()
