"""The ledger of a folder: append signed statements, read them back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from trustcenter.errors import ConfigurationError, KeyMissingError, TamperedError, TrustCenterError
from trustcenter.ledger import entry as entries
from trustcenter.ledger import keyring as rings
from trustcenter.ledger import keys, layout, timestamps, writing
from trustcenter.ledger.files import exclusive, make_folder, write_all_durably, write_durably
from trustcenter.ledger.keyring import Keyring
from trustcenter.ledger.keys import Signer
from trustcenter.ledger.logged import Logged, Receipt
from trustcenter.ledger.reading import Head, Log
from trustcenter.proof import dsse, statement
from trustcenter.proof.keys import PublicKey

_MAKE_KEY = "Make one with `trustcenter keys init`."


class Ledger:
    """A ledger's folder. Without a signer it can only be read."""

    def __init__(
        self, path: Path, *, signer: Signer | None = None, authority: timestamps.Authority | None = None
    ) -> None:
        self.path = path
        self.signer = signer
        self._authority = authority
        self._log = Log(path)
        self._times: dict[int, datetime] = {}

    @property
    def size(self) -> int:
        """Number of entries now; 0 when nothing was ever appended."""
        head = self._log.head()
        return 0 if head is None else head.size

    @property
    def head(self) -> Head | None:
        """The newest checkpoint as stored, or None in an empty ledger. Not verified: see `verify`."""
        return self._log.head()

    @property
    def log(self) -> Log:
        """The log's tiles and entries."""
        return self._log

    def checkpoint_sizes(self) -> list[int]:
        """Sizes at which checkpoints were made, smallest first: the states that can be replayed."""
        return self._log.history_sizes()

    def append(self, envelopes: Sequence[bytes], *, now: datetime) -> Receipt:
        """Log envelopes in their order under one new checkpoint. Returns only after the commit.

        The first append of a ledger logs its keyring before them. Raises KeyMissingError without a signer,
        TamperedError for an envelope that the signer's key did not sign, `writing.ForkError` when the log
        on disk does not continue what was signed before.
        """
        signer = self._signer(now)
        parsed = [dsse.Envelope.parse(each, exact=True) for each in envelopes]
        return self._append(parsed, [signer.key.public], signer, now)

    def append_statements(self, payloads: Sequence[bytes], *, now: datetime) -> Receipt:
        """Sign each statement with the signer's key, then `append`."""
        signer = self._signer(now)
        return self._append([signer.sign(each) for each in payloads], [signer.key.public], signer, now)

    def rotate(self, *, now: datetime) -> Signer:
        """Replace the signing key: log the new keyring, signed by both keys, then put the new key in place.

        An interrupted rotation is finished by calling it again. Raises KeyMissingError without a key folder.
        """
        if self.signer is None or self.signer.folder is None:
            raise KeyMissingError("a rotation needs the folder of the key", hint=_MAKE_KEY)
        folder, old = self.signer.folder, self.signer
        fresh = Signer(old.name, keys.begin_rotation(folder), now, folder)
        ring = self.keyring()
        if ring is None:
            raise TrustCenterError("the ledger is empty: no key to rotate yet", where=str(self.path))
        if ring.current != fresh.key.public:
            after = ring.with_next(fresh.key.public, now)
            both = [old.key, fresh.key]
            envelope = dsse.sign(after.to_statement(), statement.PAYLOAD_TYPE, *both)
            self._append([envelope], [key.public for key in both], fresh, now, was=old)
        else:
            fresh = Signer(old.name, fresh.key, ring.keys[-1].since, folder)
        keys.finish_rotation(folder, fresh)
        self.signer = fresh
        return fresh

    def keyring(self) -> Keyring | None:
        """The newest keyring that the log holds, or None in an empty ledger."""
        for found in self.statements(rings.PREDICATE_TYPE, newest_first=True):
            return rings.from_value(found.statement.predicate, where=layout.statement(found.digest))
        return None

    def statement(self, digest: str) -> dsse.Envelope:
        """The envelope of a statement.

        Its bytes are hashed again. Raises TamperedError when missing or changed.
        """
        path = layout.statement(digest)
        try:
            data = (self.path / path).read_bytes()
        except FileNotFoundError as error:
            raise TamperedError("the statement is missing", where=path) from error
        envelope = dsse.Envelope.parse(data, where=path, exact=True)
        if envelope.digest != digest:
            raise TamperedError("the statement is not the one that its name says", where=path)
        return envelope

    def statements(
        self, predicate_type: str | None = None, *, up_to_size: int | None = None, newest_first: bool = False
    ) -> Iterator[Logged]:
        """The statements that the log holds, of one type or all, in log order or newest first, one read at
        a time.

        With `up_to_size`, only what the checkpoint of that size had logged. Statement files that no entry
        names do not exist here. Raises TamperedError; TrustCenterError when the log was never that long.
        """
        size = self.size
        if up_to_size is not None:
            if not 0 <= up_to_size <= size:
                raise TrustCenterError(f"the log has {size} entries, not {up_to_size}", where=str(self.path))
            size = up_to_size
        sizes = self._log.history_sizes()
        order = range(size)
        for index in reversed(order) if newest_first else order:
            where = f"log entry {index}"
            digest = entries.decode(self._log.entry(index, size), where=where).statement
            found = Logged(index, digest, self.statement(digest), self._logged(index, sizes))
            if predicate_type is None or found.statement.predicate_type == predicate_type:
                yield found

    def _logged(self, index: int, sizes: Sequence[int]) -> datetime:
        at = bisect_right(sizes, index)
        size = sizes[at] if at < len(sizes) else -1
        if size not in self._times:
            head = self._log.past(size) if size >= 0 else self._log.head()
            if head is None:
                raise TamperedError("the checkpoint is missing", where=layout.CHECKPOINT)
            self._times[size if size >= 0 else head.size] = head.time
            return head.time
        return self._times[size]

    def _signer(self, now: datetime) -> Signer:
        if self.signer is None:
            raise KeyMissingError(
                "nothing is appended without a signing key",
                where=str(self.path),
                hint=_MAKE_KEY,
            )
        if now < self.signer.since:
            raise ConfigurationError(
                f"the signing key begins at {self.signer.since.isoformat()}, and it is {now.isoformat()}",
                hint="Set this machine's clock.",
            )
        return self.signer

    def _append(
        self,
        envelopes: Sequence[dsse.Envelope],
        publics: Sequence[PublicKey],
        signer: Signer,
        now: datetime,
        was: Signer | None = None,
    ) -> Receipt:
        if not envelopes:
            raise TrustCenterError("there is nothing to append")
        signing = was or signer
        for each in envelopes:
            statement.parse(each.payload)
        encoded = [entries.encode(each, publics) for each in envelopes]
        make_folder(self.path / "log")
        self._put(envelopes)
        with exclusive(self.path / "log"):
            head = self._log.head()
            ring = None if head is None else self._ring(signing.key.public)
            if ring is not None and ring.current != signing.key.public:
                raise KeyMissingError(
                    f"the ledger is signed by key {ring.current.key_id[:16]}, not by this one",
                    where=layout.KEYRING,
                    hint="If a rotation was interrupted, run `trustcenter keys rotate` again.",
                )
            if head is not None and ring is None:
                raise TamperedError("the log does not begin with a keyring", where=layout.CHECKPOINT)
            trusted = [signing.verifier] if ring is None else ring.verifiers()
            writing.check_continues(self._log, head, signing, trusted)
            writing.remove_garbage(self._log, head)
            self._settle(envelopes)
            if head is None or ring is None:
                ring = Keyring(signer.name, (rings.KeyWindow(signer.key.public, signer.since),))
                first = signer.sign(ring.to_statement())
                self._put([first])
                encoded = [entries.encode(first, [signer.key.public]), *encoded]
            else:
                writing.write_history(self._log, head)
            old = 0 if head is None else head.size
            made = writing.commit(self._log, head, encoded, signer, now)
            writing.remember(signer, made.data)
            writing.write_history(self._log, made)
            writing.remove_superseded(self._log, old, made.size)
            self._write_keyring(ring if was is None else None)
            problem = self._timestamp(made, signer)
        return Receipt(
            made.size - len(envelopes),
            made.size,
            tuple(each.digest for each in envelopes),
            made.checkpoint,
            made.data,
            problem,
        )

    def _timestamp(self, head: Head, signer: Signer) -> str | None:
        """Have the committed checkpoint timestamped; a silent authority does not undo what is committed."""
        if self._authority is None:
            return None
        try:
            timestamps.obtain(self.path, head, self._authority, signer)
        except TrustCenterError as error:
            return str(error)
        return None

    def _ring(self, expected: PublicKey) -> Keyring | None:
        """The keyring from its file when that ends in the expected key, else from the log, which is slower."""
        path = self.path / layout.KEYRING
        if path.exists():
            ring = rings.parse(path.read_bytes(), where=layout.KEYRING)
            if ring.current == expected:
                return ring
        return self.keyring()

    def _put(self, envelopes: Sequence[dsse.Envelope]) -> None:
        """Store envelopes by their digests, durably, before anything names them."""
        missing = {}
        for each in envelopes:
            path = self.path / layout.statement(each.digest)
            if not path.exists():
                make_folder(path.parent)
                missing[path] = each.to_bytes()
        write_all_durably(missing)

    def _settle(self, envelopes: Sequence[dsse.Envelope]) -> None:
        """Under the lock.

        What lies at a statement's place is this envelope, not one that another key signed.
        """
        for each in envelopes:
            path = self.path / layout.statement(each.digest)
            if path.read_bytes() == each.to_bytes():
                continue
            if any(found.digest == each.digest for found in self.statements()):
                raise TrustCenterError(
                    "this statement is logged already with another signature",
                    where=layout.statement(each.digest),
                    hint="Collect again: a new statement has a new nonce.",
                )
            write_durably(path, each.to_bytes())

    def _write_keyring(self, ring: Keyring | None) -> None:
        """Write the keyring's file unless it is there.

        It is derived from the log, so a crash loses nothing.
        """
        path = self.path / layout.KEYRING
        newest = ring or self.keyring()
        if newest is not None and (not path.exists() or path.read_bytes() != newest.to_bytes()):
            make_folder(path.parent)
            write_durably(path, newest.to_bytes())
