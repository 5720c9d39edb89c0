"""From what an operator writes (`s3://BUCKET/PREFIX`, `git:REMOTE/BRANCH`) to an exchange with that place."""

from __future__ import annotations

import re
from pathlib import Path

from trustcenter.errors import ConfigurationError
from trustcenter.instance import Instance
from trustcenter.ledger import keys
from trustcenter.ledger.remote.exchange import Exchange
from trustcenter.ledger.remote.place import Memory, Remote, Told
from trustcenter.pipeline.line import key_folder
from trustcenter.proof.note import VerifierKey

_S3 = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([^\s?#]*))?")
_GIT = re.compile(r"git:([^-\s][^\s]*)/([A-Za-z0-9_][A-Za-z0-9._-]*)")
_SHAPES = "write it as s3://BUCKET/PREFIX or git:REMOTE/BRANCH, for example git:origin/ledger"


def open_exchange(
    instance: Instance, target: str | None, *, endpoint: str | None, key: str | None, told: Told
) -> Exchange:
    """The exchange with the named place, else with the one of trustcenter.toml.

    Raises ConfigurationError where no place or no key to verify with is known.
    """
    named = target or instance.ledger_remote
    if named is None:
        raise ConfigurationError(
            "no place is named for the ledger", where=instance.file,
            hint=f"name it here, or as `remote` under [ledger]: {_SHAPES}",
        )  # fmt: skip
    remote = _remote(named, instance.root, endpoint or instance.ledger_endpoint)
    return Exchange(instance.evidence, remote, _pinned(instance, key), Memory(memory_folder(instance), named), told)


def memory_folder(instance: Instance) -> Path:
    """Where the newest checkpoint that each place was seen to hold is remembered, in the private store."""
    return instance.private / "remotes"


def _remote(target: str, root: Path, endpoint: str | None) -> Remote:
    if match := _S3.fullmatch(target):
        from trustcenter.ledger.remote.bucket import BucketRemote
        from trustcenter.ledger.remote.s3 import S3Objects, client

        return BucketRemote(S3Objects(client(endpoint), match[1], match[2] or ""))
    if match := _GIT.fullmatch(target):
        from trustcenter.ledger.remote.branch import BranchRemote
        from trustcenter.ledger.remote.git import Git

        if endpoint is not None:
            raise ConfigurationError("an endpoint belongs to a bucket", hint="leave `--endpoint-url` out")
        return BranchRemote(Git(root), match[1], match[2])
    raise ConfigurationError(f"`{target}` is no place for a ledger", hint=_SHAPES)


def _pinned(instance: Instance, key: str | None) -> VerifierKey:
    if key is not None:
        return VerifierKey.parse(Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key)
    public = key_folder(instance) / keys.PUBLIC
    if not public.is_file():
        raise ConfigurationError(
            "there is no key to verify with", where=str(public),
            hint="--key KEY, pinned elsewhere; a new instance makes one with `trustcenter keys init`",
        )  # fmt: skip
    return VerifierKey.parse(public.read_text(encoding="utf-8"))
