"""Each exit code of `check`, shown by a real process on a small instance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import small_instance
from small_instance import run

from trustcenter.pipeline.checking import check
from trustcenter.pipeline.line import open_line


def test_all_holds_is_0_and_says_so(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)
    done = run(root, "check")
    assert (done.returncode, "everything holds (exit 0)" in done.stdout) == (0, True), done.stdout + done.stderr
    assert run(root, "check", "--offline").returncode == 0
    assert run(root, "verify").returncode == 0


def test_a_deviation_is_1_on_the_first_run_and_names_control_file_and_line(tmp_path: Path) -> None:
    done = run(small_instance.write(tmp_path, accounts=small_instance.WEAK), "check")
    assert done.returncode == 1
    assert "drift: controls/access/costs.yaml:9:3: access.costs/costs on exports: 1 of 2 items deviate" in done.stdout
    assert "bert@example.test" not in done.stdout + done.stderr


def test_drift_since_the_last_signed_run_is_1_and_drift_tells_it(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)
    assert run(root, "check").returncode == 0
    (root / "exports/accounts.csv").write_text(small_instance.WEAK)
    assert run(root, "check").returncode == 1
    said = run(root, "drift")
    assert "access.costs/costs" in said.stdout
    changes = small_instance.document(run(root, "drift", "--json"))
    assert "bert@example.test" not in said.stdout + str(changes)
    assert "access.costs" in str(changes)


def test_a_broken_control_is_2_with_its_place(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)
    path = root / "controls/access/costs.yaml"
    path.write_text(path.read_text().replace("at_least", "at_leest"))
    done = run(root, "check")
    assert done.returncode == 2
    assert "controls/access/costs.yaml:" in done.stderr
    assert "at_least" in done.stderr, "the nearest operator is suggested"


def test_what_cannot_be_read_is_3_and_not_green(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)
    (root / "exports/accounts.csv").unlink()
    done = run(root, "check")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "access.costs/costs on exports: inconclusive" in done.stdout


def test_expired_evidence_is_4(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)
    earlier = datetime.now(UTC) - timedelta(days=2)
    assert check(open_line(root, {}, now=lambda: earlier)).verdict.code == 0
    done = run(root, "check", "--offline")
    assert (done.returncode, "stale:" in done.stdout) == (4, True), done.stdout + done.stderr


def test_a_changed_private_field_is_5_and_named(tmp_path: Path) -> None:
    """Completeness decides between a pass and "could not tell": a stored one that was changed must not be believed."""
    root = small_instance.write(tmp_path)
    assert run(root, "check").returncode == 0
    path = small_instance.private_part(root, b"T-2")
    data = path.read_bytes()
    assert b'"expected":2' in data
    path.write_bytes(data.replace(b'"expected":2', b'"expected":3', 1))
    done = run(root, "check", "--offline")
    assert done.returncode == 5, done.stdout + done.stderr
    assert "completeness" in done.stderr
    assert path.stem in done.stderr


def test_a_changed_row_is_5_and_named(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)
    assert run(root, "check").returncode == 0
    path = small_instance.private_part(root, b"T-2")
    path.write_bytes(path.read_bytes().replace(b"T-2", b"T-9"))
    done = run(root, "check", "--offline")
    assert (done.returncode, "row 1" in done.stderr) == (5, True), done.stdout + done.stderr


def test_a_changed_ledger_is_5_before_anything_else(tmp_path: Path) -> None:
    root = small_instance.write(tmp_path)
    assert run(root, "check").returncode == 0
    path = next((root / "evidence/statements").rglob("*.json"))
    data = path.read_bytes()
    path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    done = run(root, "check")
    assert (done.returncode, path.name in done.stderr) == (5, True), done.stdout + done.stderr
