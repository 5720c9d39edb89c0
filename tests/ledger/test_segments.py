"""Segments: every byte of a large log is under one digest, and a fault is found in its segment."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.ledger import segments
from trustcenter.ledger.segments import Manifest


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b"".join(b'{"event": %d}\n' % number for number in range(1000)))
    return path


def test_a_log_verifies_and_survives_json(log: Path) -> None:
    made = segments.seal(log, segment_bytes=4096)
    assert made.size == log.stat().st_size
    assert [each.size for each in made.segments[:-1]] == [4096] * (len(made.segments) - 1)
    assert made.segments[0].digest == "sha256:" + hashlib.sha256(log.read_bytes()[:4096]).hexdigest()
    again = Manifest.from_value(json.loads(json.dumps(made.to_value())))
    assert again == made
    segments.verify_segments(log, again, chain=made.chain)


def test_every_changed_byte_is_found_in_its_segment(log: Path) -> None:
    made = segments.seal(log, segment_bytes=4096)
    good = log.read_bytes()
    for at in (0, 4095, 4096, 9000, len(good) - 1):
        log.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(TamperedError, match=f"segment {at // 4096} ") as caught:
            segments.verify_segments(log, made, chain=made.chain)
        assert f"bytes {at // 4096 * 4096} to" in str(caught.value.where)


def test_a_shorter_or_longer_log_is_found(log: Path) -> None:
    made = segments.seal(log, segment_bytes=4096)
    good = log.read_bytes()
    log.write_bytes(good + b"x")
    with pytest.raises(TamperedError, match="were sealed"):
        segments.verify_segments(log, made, chain=made.chain)
    segments.verify_segments(log, made, chain=made.chain, may_have_grown=True)
    log.write_bytes(good[:-1])
    for grown in (False, True):
        with pytest.raises(TamperedError, match="were sealed"):
            segments.verify_segments(log, made, chain=made.chain, may_have_grown=grown)


def test_growing_keeps_every_full_segment(log: Path) -> None:
    before = segments.seal(log, segment_bytes=4096)
    with log.open("ab") as handle:
        handle.write(b"x" * 5000)
    after = segments.seal(log, segment_bytes=4096)
    full = len(before.segments) - 1
    assert after.segments[:full] == before.segments[:full]
    assert after.chain != before.chain


def test_a_changed_manifest_is_found(log: Path) -> None:
    made = segments.seal(log, segment_bytes=4096)
    value = made.to_value()
    value["segments"][1], value["segments"][2] = value["segments"][2], value["segments"][1]
    with pytest.raises(TamperedError, match="breaks at segment 1"):
        Manifest.from_value(value)
    cut = Manifest(made.segment_bytes, made.segments[:-1])
    with pytest.raises(TamperedError, match="not the one that was signed"):
        segments.verify_segments(log, cut, chain=made.chain, may_have_grown=True)
    with pytest.raises(TamperedError, match="not a manifest"):
        Manifest.from_value({"segments": [{}]})


def test_an_empty_log_has_a_chain_too(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    made = segments.seal(tmp_path / "empty")
    assert made.segments == ()
    segments.verify_segments(tmp_path / "empty", made, chain=made.chain)
    with pytest.raises(TrustCenterError):
        segments.seal(tmp_path / "empty", segment_bytes=0)
