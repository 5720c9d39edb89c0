"""`trustcenter check` on an AWS account: the whole line, from the account to exit code and sentence."""

from __future__ import annotations

from pathlib import Path

import aws_front
import aws_instance
import pytest
from aws_fixtures import Account, account, moto_server, seeded

from trustcenter.cli import main
from trustcenter.pipeline.judging import assess
from trustcenter.pipeline.line import open_line

__all__ = ["account", "moto_server", "seeded"]
pytestmark = [pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]

CONTROLS = ("threat-detection", "security-findings", "password-policy", "configuration-recorded", "outside-access")
"""They hold on the seeded account."""


def checked(root: Path) -> tuple[int, dict[str, str]]:
    assert main(["keys", "init", "--instance", str(root), "-q"]) == 0
    code = main(["check", "--instance", str(root), "-q"])
    found = assess(open_line(root, {})).assessment.conclusions
    return code, {f"{one.control}/{one.test}": f"{one.conclusion}:{one.cause or ''}" for one in found}


def test_the_library_judges_the_seeded_account(account: Account, tmp_path: Path) -> None:
    """Good and bad resources: what holds holds, what deviates is named, exit code 1."""
    code, found = checked(aws_instance.write(tmp_path, account.front.url))
    assert code == 1
    for name in CONTROLS:
        assert {text for key, text in found.items() if key.startswith(f"aws.{name}/")} == {"no_deviations:"}, name
    for name in ("buckets-closed", "user-second-factor", "policies", "network-rules", "edge-tls", "recovery-points"):
        assert any(text == "deviations:" for key, text in found.items() if key.startswith(f"aws.{name}/")), name
    assert found["aws.trail-unchanged/intact"] == "inconclusive:incomplete"
    assert not [key for key, text in found.items() if "defect" in text]


def test_a_role_without_rights_gives_nothing_green(account: Account, tmp_path: Path) -> None:
    """Everything denied: no test holds, no test deviates, exit code 3."""
    with account.front.breaking("*", aws_front.denied):
        code, found = checked(aws_instance.write(tmp_path, account.front.url))
    assert code == 3
    assert set(found.values()) == {"inconclusive:denied"}
