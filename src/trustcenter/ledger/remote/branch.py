"""A ledger in a git branch of its own: one commit for each push, made of objects, never of the working tree.

The push is not forced, so the server takes it only while the branch is still at the commit that was seen, or is still
absent. That is the conditional write; all files of a step arrive with it or not at all.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.ledger import layout
from trustcenter.ledger.reading import Head
from trustcenter.ledger.remote.git import Git
from trustcenter.ledger.remote.place import Outgoing, Snapshot, Told
from trustcenter.ledger.remote.refusals import INVESTIGATE, Conflict, Denied, MovedOn, NoPlace, Unreachable, overtaken
from trustcenter.model.amount import counted

_AT_ONCE = 500
_SHA256_DIGITS = 64
_sha1 = partial(hashlib.sha1, usedforsecurity=False)


@dataclass(frozen=True)
class Seen:
    """A `Snapshot` of a branch: its commit, and the blobs by path."""

    git: Git
    commit: str | None
    blobs: Mapping[str, str]
    name: str
    begun: bool = False
    paths: frozenset[str] = field(init=False)
    _at_hand: dict[str, bytes] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", frozenset(self.blobs))

    @property
    def note(self) -> bytes | None:
        return self.read(layout.CHECKPOINT) if layout.CHECKPOINT in self.blobs else None

    def holds(self, path: str, data: bytes) -> bool:
        """By the blob's name, which is a digest of its bytes (SHA-1, or SHA-256 in a newer repository)."""
        blob = self.blobs.get(path, "")
        named = hashlib.sha256 if len(blob) == _SHA256_DIGITS else _sha1
        return blob == named(b"blob %d\0%b" % (len(data), data)).hexdigest()

    def read(self, path: str) -> bytes:
        """A blob; those that follow by name are read by the same process, which costs more than many blobs do."""
        if path not in self.blobs:
            raise TamperedError("the file is missing", where=f"{self.name}: {path}")
        if path not in self._at_hand:
            after = [each for each in sorted(self.blobs) if each >= path][:_AT_ONCE]
            given = "".join(f"{self.blobs[each]}\n" for each in after).encode()
            answer, at = self.git.run("cat-file", "--batch", given=given)[1], 0
            self._at_hand.clear()
            for each in after:
                head, _, _ = answer[at : at + 200].partition(b"\n")
                words = head.split()
                if len(words) != 3 or words[1] != b"blob":
                    raise TamperedError("git does not have this file", where=f"{self.name}: {each}")
                at += len(head) + 1
                self._at_hand[each] = answer[at : at + int(words[2])]
                at += int(words[2]) + 1
        return self._at_hand[path]


@dataclass(frozen=True)
class BranchRemote:
    """A `Remote`: a branch at a remote that the repository around the instance knows, or at an address."""

    git: Git
    at: str
    branch: str

    @property
    def name(self) -> str:
        # An address may carry a password; what is shown does not.
        return f"git:{re.sub('//[^/@]*@', '//', self.at)}/{self.branch}"

    def snapshot(self) -> Seen:
        """The branch's newest commit, fetched. A branch that holds anything but plain files is refused."""
        commit = self._commit()
        if commit is None:
            return Seen(self.git, None, {}, self.name)
        self.git.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", self.at,
                     f"+refs/heads/{self.branch}:{self._tracking}")  # fmt: skip
        commit = self.git.line("rev-parse", "--verify", f"{self._tracking}^{{commit}}")
        blobs = {}
        for row in self.git.run("ls-tree", "-r", "-z", "--full-tree", commit)[1].split(b"\0"):
            if not row:
                continue
            said, _, path = row.decode("utf-8", "replace").partition("\t")
            mode, kind, blob = said.split()
            if kind != "blob" or mode not in ("100644", "100755"):
                raise TamperedError("a ledger's branch holds plain files only", where=f"{self.name}: {path}",
                                    hint=INVESTIGATE)  # fmt: skip
            blobs[path] = blob
        if layout.CHECKPOINT not in blobs:
            raise NoPlace("this branch holds no ledger, and it is not written over", where=self.name,
                          hint="name a branch of its own for the ledger")  # fmt: skip
        return Seen(self.git, commit, blobs, self.name)

    def publish(self, seen: Snapshot, outgoing: Outgoing, told: Told) -> None:
        """Make the step as one commit on what was seen, and push it without force."""
        if not isinstance(seen, Seen):
            raise TypeError("a branch is published to from what was seen in it")
        told(0, len(outgoing.missing), "writing git objects")
        changed = (*outgoing.missing, layout.CHECKPOINT)
        paths = "".join(f"{(outgoing.folder / path).resolve()}\n" for path in changed)
        made = self.git.run("hash-object", "-w", "--no-filters", "--stdin-paths", given=paths.encode())[1].decode()
        blobs = {path: seen.blobs[path] for path in outgoing.current if path in seen.blobs}
        blobs |= dict(zip(changed, made.split(), strict=True))
        rows = "".join(f"100644 {blob}\t{path}\0" for path, blob in sorted(blobs.items()))
        with tempfile.TemporaryDirectory(prefix="trustcenter-git-") as folder:
            index = Path(folder) / "index"
            self.git.run("update-index", "-z", "--index-info", given=rows.encode(), index=index)
            tree = self.git.line("write-tree", index=index)
        size = Head(outgoing.note, self.name).size
        parent = () if seen.commit is None else ("-p", seen.commit)
        says = f"Continue the ledger to {counted(size, 'entry', 'entries')}"
        commit = self.git.line("commit-tree", tree, *parent, "-m", says)
        told(len(outgoing.missing), len(outgoing.missing), "pushing")
        try:
            self.git.run("push", "--quiet", "--porcelain", "--no-verify", self.at, f"{commit}:refs/heads/{self.branch}")
        except (Conflict, Denied) as error:
            self._lost(seen, outgoing, size, error)
        self.git.run("update-ref", self._tracking, commit)

    def _lost(self, seen: Seen, outgoing: Outgoing, size: int, error: TrustCenterError) -> None:
        """The push was refused: because somebody was first, or by the server's own rules."""
        now = self.snapshot()
        if now.note == outgoing.note:
            return
        if now.commit == seen.commit:
            if isinstance(error, Denied):
                raise error
            raise Unreachable(error.what, where=self.name, hint="Nothing is lost: run the same command again.")
        there = 0 if now.note is None else Head(now.note, self.name).size
        if there > size:
            raise MovedOn("the log was continued meanwhile", where=self.name)
        raise overtaken(self.name, size, there)

    def _commit(self) -> str | None:
        code, said = self.git.run("ls-remote", "--exit-code", self.at, f"refs/heads/{self.branch}", allowed=(0, 2))
        return None if code == 2 or not said.split() else said.split()[0].decode()

    @property
    def _tracking(self) -> str:
        return f"refs/trustcenter/ledger/{self.branch}"
