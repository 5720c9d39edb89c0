"""A copy of the site proves itself, offline, with a key pinned elsewhere; one wrong byte is named."""

from __future__ import annotations

import base64
import json
import re
import shutil
from datetime import UTC, datetime

import pytest

from trustcenter.cli import main
from trustcenter.publish.lint import lint, read_page


@pytest.fixture
def elsewhere(line, tmp_path):
    """A copy of the built page on a machine without instance, keys or network."""
    shutil.copytree(line.site, tmp_path / "copy")
    return tmp_path / "copy"


def verify(line, path, *, expect):
    """The command, run where no instance is."""
    alone = type(line.instance)(path if path.is_dir() else path.parent)
    return alone.run("verify", str(path), "--key", line.key, expect=expect)


def test_it_verifies_with_the_pinned_key_alone(line, elsewhere):
    assert "entries hold under checkpoint" in verify(line, elsewhere, expect=0).stdout


def test_another_key_does_not_verify_it(line, elsewhere):
    name, number, rest = line.key.rsplit("+", 2)
    other = f"{name}+{number}+{rest[:-8]}{'A' * 8}"
    alone = type(line.instance)(elsewhere)
    assert alone.run("verify", str(elsewhere), "--key", other, expect=None).code != 0


@pytest.mark.parametrize("kind", ["statements", "log/tile/entries", "log/tile/0"])
def test_one_flipped_byte_names_the_record(line, elsewhere, kind):
    victim = max((path for path in (elsewhere / "evidence" / kind).rglob("*") if path.is_file()), key=str)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    ran = verify(line, elsewhere, expect=5)
    digest = victim.name.removesuffix(".dsse.json")
    assert digest in ran.stderr or victim.name in ran.stderr or "entry" in ran.stderr, ran.said


def test_every_claim_with_evidence_proves_itself_alone(line, elsewhere, capsys):
    """Each claim's file through the command's own code, and one of them through a process of its own."""
    files = [path for path in (elsewhere / "claims").glob("*/*.json") if json.loads(path.read_text()).get("proofs")]
    assert len(files) >= 60
    for path in files:
        assert main(["verify", str(path), "--key", line.key]) == 0, path
    assert len(re.findall("statements? holds?", capsys.readouterr().out)) == len(files)
    assert "hold" in verify(line, files[0], expect=0).stdout.splitlines()[-1]


def test_a_changed_claim_does_not(line, elsewhere, capsys):
    path = elsewhere / "claims" / "access" / "password-hash.json"
    value = json.loads(path.read_text())
    bundle = next(iter(value["proofs"].values()))
    envelope = bundle["statement"]["envelope"]
    payload = bytearray(base64.b64decode(envelope["payload"]))
    payload[payload.index(b'"size":') + 7] ^= 1
    envelope["payload"] = base64.b64encode(payload).decode()
    path.write_text(json.dumps(value))
    assert main(["verify", str(path), "--key", line.key]) == 5
    assert "record 1" in capsys.readouterr().err


def _linted(line, wanted):
    """The pages that are wanted, each by itself, as a stranger would lint it."""
    read = [read_page(path.name, path.read_text(encoding="utf-8")) for path in sorted(line.site.rglob("index.html"))]
    chosen = [page for page in read if wanted(len(page.passages))]
    for page in chosen:
        findings = lint([page], datetime.now(UTC).date())
        quoted = [(one.rule, [quote.text for quote in one.quotes]) for one in findings]
        assert quoted == [], page.passages[0].text
    return len(chosen)


def test_our_own_linter_finds_nothing_on_short_pages(line):
    """Every page of fewer than 120 sentences; the long ones take their time in the deep run."""
    assert _linted(line, lambda length: length < 120) >= 8


@pytest.mark.deep
def test_our_own_linter_finds_nothing_on_long_pages(line):
    """Views of all claims for one kind of reader, and the domains with most of them."""
    assert _linted(line, lambda length: length >= 120) >= 8
