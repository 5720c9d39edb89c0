"""One statement with everything that proves it, to be checked away from the ledger."""

from __future__ import annotations

from typing import Any

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.ledger import entry as entries
from trustcenter.ledger import keyring as rings
from trustcenter.ledger.keyring import Keyring
from trustcenter.ledger.reading import Head
from trustcenter.ledger.store import Ledger
from trustcenter.proof import canonical, dsse, merkle
from trustcenter.proof.note import VerifierKey

MEDIA_TYPE = "application/vnd.trustcenter.proof+json;version=1"


class Prover:
    """Makes proofs of many statements from one reading of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        head = ledger.head
        if head is None:
            raise TrustCenterError("the ledger is empty", where=str(ledger.path))
        self._ledger = ledger
        self._head = head
        self._places: dict[str, int] = {}
        self._keyring = []
        for each in ledger.statements(up_to_size=head.size):
            self._places[each.digest] = each.index
            if each.statement.predicate_type == rings.PREDICATE_TYPE:
                self._keyring.append(self._record(each.digest, each.index))

    def bundle(self, digest: str) -> dict[str, Any]:
        """The proof of one logged statement as a JSON value: envelope, entry, inclusion proof, checkpoint.

        The keyring statements come along, with proofs of their own, so that any key of the ledger may be
        pinned. Raises TrustCenterError when the statement is not logged.
        """
        if digest not in self._places:
            raise TrustCenterError("this statement is not in the log", where=digest)
        return {
            "mediaType": MEDIA_TYPE,
            "checkpoint": self._head.data.decode(),
            "keyring": self._keyring,
            "statement": self._record(digest, self._places[digest]),
        }

    def _record(self, digest: str, index: int) -> dict[str, Any]:
        size, log = self._head.size, self._ledger.log
        path = merkle.inclusion_proof(index, size, log.nodes(size))
        return {
            "index": index,
            "envelope": self._ledger.statement(digest).to_dict(),
            "entry": canonical.encode_base64(log.entry(index, size)),
            "inclusion": [canonical.encode_base64(each) for each in path],
        }


def bundle(ledger: Ledger, digest: str) -> dict[str, Any]:
    """The proof of one statement; for many of them keep a `Prover`."""
    return Prover(ledger).bundle(digest)


def verify_bundle(value: Any, key: VerifierKey | str) -> dsse.Envelope:
    """The envelope of a proved statement. Needs no ledger, only the pinned key. Raises TamperedError."""
    pinned = VerifierKey.parse(key) if isinstance(key, str) else key
    try:
        if value["mediaType"] != MEDIA_TYPE:
            raise TamperedError(f"not a proof of this kind: {str(value['mediaType'])[:60]!r}")
        head = Head(value["checkpoint"].encode(), "the proof's checkpoint")
        records = [*value["keyring"], value["statement"]]
        proved = [_proved(each, head, f"the proof's record {at}") for at, each in enumerate(records)]
    except (KeyError, TypeError, AttributeError) as error:
        raise TamperedError("not a proof of a statement") from error
    ring: Keyring | None = None
    changes: list[tuple[int, Keyring]] = []
    for index, envelope in proved[:-1]:
        if changes and index <= changes[-1][0]:
            raise TamperedError("the proof's keyring statements are out of order")
        ring = rings.advance(ring, envelope, where=f"log entry {index}")
        if ring is None:
            raise TamperedError("the proof's keyring holds another statement")
        changes.append((index, ring))
    if ring is None or changes[0][0] != 0:
        raise TamperedError("the proof does not begin with the ledger's keyring")
    if pinned not in ring.verifiers():
        raise TamperedError("the pinned key is not one of this ledger's")
    head.note.verify(VerifierKey(ring.name, ring.current), where=head.where)
    if head.checkpoint.origin != ring.name:
        raise TamperedError("the checkpoint is of another log", where=head.where)
    index, envelope = proved[-1]
    same = [each for at, each in proved[:-1] if at == index]
    if same:
        if same[0] != envelope:
            raise TamperedError("the proof holds two envelopes for one entry", where=f"log entry {index}")
    else:
        in_force = [each for at, each in changes if at < index][-1]
        if rings.advance(in_force, envelope, where=f"log entry {index}") is not in_force:
            raise TamperedError("the proof lacks this rotation", where=f"log entry {index}")
    return envelope


def _proved(record: Any, head: Head, where: str) -> tuple[int, dsse.Envelope]:
    """Index and envelope of a record that the checkpoint includes; who signed it is for the caller."""
    index = record["index"]
    if not isinstance(index, int) or isinstance(index, bool):
        raise TamperedError("the index is not a number", where=where)
    leaf = canonical.decode_base64(record["entry"], where=where)
    path = [canonical.decode_base64(each, where=where) for each in record["inclusion"]]
    merkle.verify_inclusion(index, head.size, merkle.leaf_hash(leaf), path, head.checkpoint.root)
    envelope = dsse.Envelope.parse(canonical.dumps(record["envelope"]), where=where, exact=True)
    entry = entries.decode(leaf, where=where)
    if len(entry.signatures) != len(envelope.signatures):
        raise TamperedError("the entry is not of this envelope", where=where)
    if entries.body(envelope, [public for public, _ in entry.signatures]) != leaf:
        raise TamperedError("the entry is not of this envelope", where=where)
    return index, envelope
