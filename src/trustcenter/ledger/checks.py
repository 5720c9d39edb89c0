"""The steps of verification, each over one kind of record. Each raises TamperedError naming the record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trustcenter.errors import TamperedError
from trustcenter.ledger import entry as entries
from trustcenter.ledger import keyring as rings
from trustcenter.ledger import layout, timestamps
from trustcenter.ledger.course import CLOCK_SLACK, Course
from trustcenter.ledger.files import TEMPORARY_PREFIX
from trustcenter.ledger.keyring import Keyring
from trustcenter.ledger.reading import Head
from trustcenter.ledger.tile_checks import entry_place
from trustcenter.model.amount import counted
from trustcenter.proof import merkle, note
from trustcenter.proof.note import VerifierKey
from trustcenter.proof.tiles import Tile, tiles_of


def check_keyring(course: Course) -> str:
    """`keys/keyring.json` says what the log says, has the ledger's key in force and the pinned key."""
    path = course.path / layout.KEYRING
    if not path.exists():
        raise TamperedError("the keyring is missing", where=layout.KEYRING)
    course.ring = rings.parse(path.read_bytes(), where=layout.KEYRING)
    head = course.ledger.head
    if head is None:
        raise TamperedError("the checkpoint is missing: there is no ledger here", where=layout.CHECKPOINT)
    course.head = head
    signature = head.note.signatures[0]
    if signature.key_hash != VerifierKey(course.ring.name, course.ring.current).key_hash:
        newest = course.ledger.keyring()
        if newest is not None and newest.before_last() == course.ring:
            course.notices.append(f"{layout.KEYRING} is older than the log; the next append renews it")
            course.ring = newest
    if course.pinned not in course.ring.verifiers():
        raise TamperedError(
            f"the pinned key {course.pinned.public.key_id[:16]} of {course.pinned.name} is not one of this ledger's",
            where=layout.KEYRING,
        )
    return f"{len(course.ring.keys)} keys, the pinned one among them"


def check_checkpoint(course: Course) -> str:
    """The checkpoint is signed by the key in force, under the ledger's name."""
    _check_head(course, course.head, course.ring)
    return f"{counted(course.head.size, 'entry', 'entries')}, signed {course.head.time.isoformat()}"


def check_statements(course: Course) -> str:
    """Each entry's statement is present, is what its name says, and is what the entry binds."""
    for index, data in enumerate(course.data):
        where = entry_place(index, course.head.size)
        entry = entries.decode(data, where=where)
        envelope = course.ledger.statement(entry.statement)
        path = layout.statement(entry.statement)
        if [each.keyid for each in envelope.signatures] != [key.key_id for key, _ in entry.signatures]:
            raise TamperedError(f"the signing keys are not the ones of entry {index}", where=path)
        if [each.sig for each in envelope.signatures] != [sig for _, sig in entry.signatures]:
            raise TamperedError(f"the signatures are not the ones of entry {index}", where=path)
        if entries.body(envelope, [key for key, _ in entry.signatures]) != data:
            raise TamperedError(f"entry {index} is not in its one encoding", where=where)
        course.leaves.append(entry)
        course.envelopes.append(envelope)
    return f"{len({each.statement for each in course.leaves})} statements match their entries"


def check_signatures(course: Course) -> str:
    """Each statement is signed by the key in force at its entry.

    The keyring grows only by signed rotations.
    """
    ring: Keyring | None = None
    for index, envelope in enumerate(course.envelopes):
        where = f"{layout.statement(envelope.digest)} (log entry {index})"
        after = rings.advance(ring, envelope, where=where)
        if after is not None and after is not ring:
            course.changes.append((index, after))
        ring = after
    if ring is None:
        raise TamperedError("the log has no keyring", where=layout.CHECKPOINT)
    if ring != course.ring:
        raise TamperedError("the keyring is not the one that the log holds", where=layout.KEYRING)
    return f"{counted(len(course.envelopes), 'entry', 'entries')}, {counted(len(course.changes) - 1, 'rotation')}"


def check_history(course: Course) -> str:
    """Each past checkpoint was signed by the key of its time and is a prefix of the log."""
    log, before = course.ledger.log, None
    sizes = log.history_sizes()
    for size in sizes:
        past = log.past(size)
        if past is None or size > course.head.size:
            raise TamperedError(
                f"a checkpoint over {size} entries was signed, and the log has {course.head.size}",
                where=layout.history(size),
            )
        if past.size != size or size == 0:
            raise TamperedError(f"the file holds a checkpoint over {past.size} entries", where=past.where)
        _check_head(course, past, course.ring_at(size))
        if merkle.root(size, log.nodes(course.head.size)) != past.checkpoint.root:
            raise TamperedError(f"the first {size} entries are not the ones it signed", where=past.where)
        if before is not None and past.time < before:
            raise TamperedError("it was signed before a shorter checkpoint", where=past.where)
        _check_window(course, past)
        before = past.time
        if size == course.head.size and past.data != course.head.data:
            raise TamperedError("two checkpoints of one size were signed", where=past.where)
    if course.head.size not in sizes:
        course.notices.append("the newest checkpoint is not in the history yet; the next append puts it there")
    if before is not None and course.head.time < before:
        raise TamperedError("it was signed before a shorter checkpoint", where=course.head.where)
    _check_window(course, course.head)
    return f"{len(sizes)} checkpoints are prefixes of the log"


def check_known(course: Course) -> str:
    """The checkpoint that the verifier kept from before is a prefix of the log: nothing was rolled back."""
    if course.known is None:
        return "no checkpoint from before was given"
    known = Head(course.known, "the checkpoint from before")
    if known.size > course.head.size:
        raise TamperedError(
            f"it has {known.size} entries, the log only {course.head.size}: the log was rolled back",
            where=known.where,
        )
    if known.size:
        _check_head(course, known, course.ring_at(known.size))
    if merkle.root(known.size, course.ledger.log.nodes(course.head.size)) != known.checkpoint.root:
        raise TamperedError("the log is not a continuation of it: the log was forked", where=known.where)
    return f"the log continues the one of {counted(known.size, 'entry', 'entries')}"


def check_timestamps(course: Course) -> str:
    """Each stored timestamp is as we sealed it and, where roots are given, by that authority over its
    checkpoint.
    """
    folder = course.path / "log/checkpoints"
    for path in sorted(folder.glob("*.tsr")) if folder.is_dir() else []:
        where = f"log/checkpoints/{path.name}"
        found = layout.history_of(where)
        head = course.ledger.log.past(found[0]) if found else None
        if head is None:
            raise TamperedError("the timestamp has no checkpoint", where=where)
        seal_path = layout.history(head.size, "tsr.note")
        if not (course.path / seal_path).exists():
            raise TamperedError("the signature over the timestamp is missing", where=seal_path)
        seal = note.parse((course.path / seal_path).read_bytes(), where=seal_path)
        answer = path.read_bytes()
        _verify_note(seal, course.ring_at(head.size), seal_path)
        if seal.text != timestamps.seal_text(head, answer):
            raise TamperedError("the timestamp is not the one that was stored", where=where)
        course.timestamped[head.size] = None
        if course.roots:
            seen = timestamps.verify(answer, head, course.roots, where=where)
            if abs(seen - head.time) > CLOCK_SLACK:
                raise TamperedError(
                    f"the authority saw the checkpoint at {seen.isoformat()}, not at {head.time.isoformat()}",
                    where=where,
                )
            course.timestamped[head.size] = seen
    if course.timestamped and not course.roots:
        course.notices.append(
            f"{len(course.timestamped)} timestamps were not checked: give the authority's root certificate"
        )
    return f"{sum(each is not None for each in course.timestamped.values())} timestamps by the authority"


def check_files(course: Course) -> str:
    """Every file below the folder is one of the ledger's records, or a crash's leftover, which is named."""
    size = course.head.size
    current = {layout.tile(each) for each in tiles_of(size)}
    stated = {each.statement for each in course.leaves}
    count = 0
    for path in _walk(course.path):
        where = path.relative_to(course.path).as_posix()
        count += 1
        digest, past = layout.statement_digest(where), layout.history_of(where)
        if not path.is_symlink() and not path.exists():
            continue  # A writer at work has just removed it; nothing that the checkpoint covers goes away.
        if path.is_symlink() or not path.is_file():
            raise TamperedError("a ledger holds plain files only", where=where)
        if where in (layout.CHECKPOINT, layout.KEYRING) or where in current:
            continue
        if past is not None:
            if past[1] == "tsr.note" and not path.with_suffix("").exists():
                course.notices.append(f"{where} is left over from an interrupted timestamp")
        elif digest is not None:
            if digest not in stated:
                course.ledger.statement(digest)
                course.notices.append(f"{where} is in no log entry: it is not part of the ledger")
        elif path.name.startswith(TEMPORARY_PREFIX) or Tile.parse(where.removeprefix("log/")):
            course.notices.append(f"{where} is left over from an interrupted writer")
        else:
            raise TamperedError("this file is no record of a ledger", where=where)
    return f"{counted(count, 'file')}, none unknown"


def _check_head(course: Course, head: Head, ring: Keyring) -> None:
    if head.checkpoint.origin != ring.name:
        raise TamperedError(f"the checkpoint is of {head.checkpoint.origin}, not of {ring.name}", where=head.where)
    _verify_note(head.note, ring, head.where)
    if head.time > course.now + CLOCK_SLACK:
        raise TamperedError(f"the checkpoint was signed in the future, {head.time.isoformat()}", where=head.where)


def _check_window(course: Course, head: Head) -> None:
    since = course.ring_at(head.size).keys[-1].since
    if head.time < since:
        raise TamperedError(f"it was signed before its key began, {since.isoformat()}", where=head.where)


def _verify_note(signed: note.Note, ring: Keyring, where: str) -> None:
    if len(signed.signatures) != 1:
        raise TamperedError(f"it has {len(signed.signatures)} signatures instead of one", where=where)
    signed.verify(VerifierKey(ring.name, ring.current), where=where)


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in (".git", ".gitignore"):
            continue  # The folder's own repository; neither is served or copied with the ledger.
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path
