"""git, run without a shell, for plumbing only: no hook, no prompt, no working tree, no force."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trustcenter.errors import TrustCenterError
from trustcenter.ledger.remote.refusals import Conflict, Denied, NoPlace, Unreachable

_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX")
_SWITCHES = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "push.followTags=false",
             "-c", "push.gpgSign=false", "-c", "gc.auto=0")  # fmt: skip
_WHO = {
    f"GIT_{who}_{what}": said
    for who in ("AUTHOR", "COMMITTER")
    for what, said in (("NAME", "trustcenter"), ("EMAIL", "trustcenter@localhost"))
}
_SECONDS = 600.0
_OVERTAKEN = re.compile(
    r"non-fast-forward|fetch first|stale info|cannot lock ref|failed to update ref|reference already exists"
)
_DENIED = re.compile(
    r"permission denied|authentication failed|could not read (username|password)|access denied|denied to |"
    r"returned error: 40[13]|hook declined|protected branch|not authorized|repository not exported|"
    r"unable to create temporary object directory",
    re.IGNORECASE,
)
_NO_PLACE = re.compile(r"does not appear to be a git repository|no such remote|repository not found|does not exist|"
                       r"not a git repository|no such device or address", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Git:
    """A repository, by a folder in it. `environment` is what git gets beside who commits."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def run(
        self, *words: str, given: bytes = b"", allowed: tuple[int, ...] = (0,), index: Path | None = None
    ) -> tuple[int, bytes]:
        """One command: its exit code and output. Raises Conflict, Denied, NoPlace, Unreachable by what git says."""
        kept = {name: value for name, value in self.environment.items() if name not in _PLACES}
        environment = {**kept, **_WHO, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        if index is not None:
            environment["GIT_INDEX_FILE"] = str(index)
        command = ["git", *_SWITCHES, "-C", str(self.folder), *words]
        try:
            done = subprocess.run(  # noqa: S603  a list of words, each of ours or checked by the target's pattern
                command, input=given, capture_output=True, env=environment, timeout=_SECONDS
            )
        except FileNotFoundError as error:
            raise NoPlace("git is not installed", hint="install it, or keep the ledger in a bucket") from error
        except subprocess.TimeoutExpired as error:
            raise Unreachable(f"git {words[0]} took longer than {_SECONDS:.0f} s", hint=_AGAIN) from error
        if done.returncode in allowed:
            return done.returncode, done.stdout
        raise self._refused(words[0], (done.stderr + done.stdout).decode("utf-8", "replace"))

    def line(self, *words: str, index: Path | None = None) -> str:
        """The one line that a command prints."""
        return self.run(*words, index=index)[1].decode().strip()

    def _refused(self, verb: str, said: str) -> TrustCenterError:
        lines = [line for line in said.splitlines() if line.startswith(("fatal", "error", "!", "remote:"))]
        # An address may carry a password; what is shown does not.
        what = re.sub(r"//[^/@\s]*@", "//", f"git {verb}: " + "; ".join(lines or said.splitlines()[-1:])[:600])
        where = str(self.folder)
        if _OVERTAKEN.search(said):
            return Conflict(what, where=where)
        if _DENIED.search(said):
            return Denied(what, where=where, hint="The job needs the right to push this one branch (contents: write). "
                          "Nothing is lost: run it again.")  # fmt: skip
        if _NO_PLACE.search(said):
            return NoPlace(what, where=where, hint="`git remote -v` lists what this repository knows")
        return Unreachable(what, where=where, hint=_AGAIN)


_AGAIN = "Nothing is lost, and whatever was written counts: run the same command again."
