"""Proofs of single statements: whole in themselves, and worthless when anything in them is changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.ledger import keyring, proofs
from trustcenter.ledger.store import Ledger
from trustcenter.proof.keys import PrivateKey
from trustcenter.proof.note import VerifierKey

Say = Callable[..., bytes]


@pytest.fixture
def rotated(ledger: Ledger, say: Say, now: datetime) -> tuple[Ledger, list[VerifierKey]]:
    assert ledger.signer is not None
    pinned = [ledger.signer.verifier]
    ledger.append_statements([say(number) for number in range(300)], now=now)
    pinned.append(ledger.rotate(now=now).verifier)
    ledger.append_statements([say(300)], now=now)
    return ledger, pinned


def test_every_statement_proves_itself_with_any_key_of_the_ledger(
    rotated: tuple[Ledger, list[VerifierKey]],
) -> None:
    ledger, pinned = rotated
    prover = proofs.Prover(ledger)
    for found in list(ledger.statements())[::50]:
        value = json.loads(json.dumps(prover.bundle(found.digest)))
        for key in pinned:
            assert proofs.verify_bundle(value, key) == found.envelope
    for found in ledger.statements(keyring.PREDICATE_TYPE):
        assert proofs.verify_bundle(prover.bundle(found.digest), str(pinned[0])) == found.envelope


def test_a_strangers_key_proves_nothing(rotated: tuple[Ledger, list[VerifierKey]], say: Say) -> None:
    ledger, pinned = rotated
    digest = next(iter(ledger.statements(newest_first=True))).digest
    stranger = VerifierKey(pinned[0].name, PrivateKey.generate().public)
    with pytest.raises(TamperedError, match="pinned key"):
        proofs.verify_bundle(proofs.bundle(ledger, digest), stranger)
    with pytest.raises(TrustCenterError, match="not in the log"):
        proofs.bundle(ledger, "sha256:" + "0" * 64)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, dict | list):
        yield path
    for key, inner in items:
        yield from leaves(inner, (*path, key))


def test_no_value_of_a_proof_can_change(rotated: tuple[Ledger, list[VerifierKey]]) -> None:
    ledger, pinned = rotated
    found = next(iter(ledger.statements(newest_first=True)))
    good = proofs.bundle(ledger, found.digest)
    tried = 0
    for path in leaves(good):
        changed = copy.deepcopy(good)
        inner = changed
        for key in path[:-1]:
            inner = inner[key]
        value = inner[path[-1]]
        inner[path[-1]] = (
            value + 1 if isinstance(value, int) else value[:-9] + ("A" if value[-9] != "A" else "B") + value[-8:]
        )
        with pytest.raises(TamperedError):
            proofs.verify_bundle(changed, pinned[0])
        tried += 1
    assert tried > 20
    for missing in good:
        with pytest.raises(TamperedError):
            proofs.verify_bundle({key: value for key, value in good.items() if key != missing}, pinned[0])


def test_the_keyring_cannot_be_left_out_or_cut(rotated: tuple[Ledger, list[VerifierKey]]) -> None:
    ledger, pinned = rotated
    found = next(iter(ledger.statements(newest_first=True)))
    good = proofs.bundle(ledger, found.digest)
    first, second = good["keyring"]
    for ring in ([], [first], [second], [second, first], [first, first, second], [first, good["statement"]]):
        with pytest.raises(TamperedError):
            proofs.verify_bundle({**good, "keyring": ring}, pinned[0])
