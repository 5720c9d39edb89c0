"""Packages among an application's dependencies that send data to a company, as its lock file names them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Any

import yaml

from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Files

_PIN = re.compile(r"^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\[[^\]]*\])?\s*==\s*([^\s;\\]+)")
_IGNORED = re.compile(r"^(\s|#|--hash=|$)")


@dataclass(frozen=True, slots=True)
class TelemetryPackage:
    """One pinned package that is known to send data to a company."""

    package: Annotated[str, Key]
    """As PEP 503 normalises it: lower case, `-` between words."""
    version: Annotated[str, Key]
    file: Annotated[str, Key]
    provider: str
    sends: str
    """What it is for, in a word: errors, metrics, events, texts, payments, messages."""
    hosts: tuple[str, ...]
    """Patterns, one of which a declared company would have in its `hosts`."""


def known() -> Mapping[str, Mapping[str, Any]]:
    """Our own short list of such packages: name to provider, what it sends, and the provider's patterns."""
    text = resources.files("trustcenter.collectors").joinpath("telemetry_packages.yaml").read_text(encoding="utf-8")
    return {
        name: {**provider, "sends": sends}
        for provider in yaml.safe_load(text)
        for name, sends in provider["packages"].items()
    }


@collector(method="inspection", kinds=("requirements",))
def dependency_telemetry(files: Files, run: Run) -> Population[TelemetryPackage]:
    """Pinned packages that send data to a company, of every requirements file that the source names in `files`.

    A line that is neither a pin, a comment nor a hash raises CouldNotTell: what it would install is unknown. The list
    of such packages is ours and short; a package that is not on it is not said to be silent.
    """
    names = run.setting("files")
    if not isinstance(names, (list, tuple)) or not names or len(set(names)) != len(names):
        raise CouldNotTell("unsupported", f"source {run.source.name}: `files` is no list of different files")
    sending, facts, pinned, marks, digests = known(), [], 0, 0, {}
    for name in map(str, names):
        if not files.names(name):
            raise CouldNotTell("unreachable", f"{name} is not there", hint="check `files` of the source")
        content = files.read(name)
        digests[name] = "sha256:" + hashlib.sha256(content).hexdigest()
        pins = _pins(name, content)
        marks += len(re.findall(rb"(?m)^[A-Za-z0-9]", content))
        pinned += len(pins)
        facts += [
            TelemetryPackage(one, version, name, found["provider"], found["sends"], tuple(found["hosts"]))
            for one, version in pins
            if (found := sending.get(one)) is not None
        ]
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "pins read, against the lines of the files' bytes that begin with a letter or digit",
            marks,
            pinned,
            independent=True,
        ),
        query="every pinned package of the files, looked up in the list of packages that send data",
        parameters={"files": digests, "known": sorted(sending)},
        observed_at=run.now(),
        notes=(f"{pinned} packages were looked up in a list of {len(sending)}; the list is ours, and not complete.",),
    )


def _pins(file: str, content: bytes) -> list[tuple[str, str]]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CouldNotTell("malformed", f"{file} is not UTF-8") from error
    if not text.endswith("\n") or text.rstrip().endswith("\\"):
        raise CouldNotTell("incomplete", f"the last line of {file} has no end: the file may be cut off")
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        pin = _PIN.match(line)
        if pin:
            found.append((re.sub(r"[-_.]+", "-", pin[1]).lower(), pin[2]))
        elif not _IGNORED.match(line):
            raise CouldNotTell("malformed", f"line {number} of {file} is no pinned package", hint="compile the file")
    if not found:
        raise CouldNotTell("malformed", f"{file} pins no package")
    return found
