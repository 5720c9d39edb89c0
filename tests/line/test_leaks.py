"""Secrets, people, endpoints, accounts and actors stay where they are: every byte of every output is searched."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from opened_files import Opened, digests, forms, open_all, open_bytes, tokens

EVERYTHING = ("secrets", "people", "texts", "organisations", "identifiers", "endpoints", "accounts")
NEVER = ("secrets", "texts")
PERSONAL = ("people", "organisations")


def leaks(opened, values):
    """What was found, by name, with the way to it."""
    wanted = {form: name for name, value in values.items() for form in forms(value)}
    return sorted(f"{wanted[form]}: in {way}" for form, way in opened.where(wanted).items())


def guessable(opened, values):
    """The values whose unsalted digests were found."""
    known = tokens(opened)
    return sorted(
        f"{name}: in {known[form]}" for name, value in values.items() for form in digests(value) if form in known
    )


@pytest.fixture(scope="session")
def public(line):
    """What the public, or a reader under agreement, gets: ledger, pages, page, pack, answers."""
    return open_all(
        [*(line.kept / part for part in ("evidence", "site", "again/site")),
         *(line.kept / "build" / part for part in ("site", "pack.pdf", "answered.xlsx"))]
    )  # fmt: skip


def test_nothing_reaches_the_public(line, public):
    assert leaks(public, line.planted.of(*EVERYTHING)) == []


def test_no_digest_lets_a_reader_test_a_guess(line, public):
    """Commitments are salted: an unsalted digest of a mail address would tell who has an account."""
    assert guessable(public, line.planted.of("people", "organisations", "identifiers")) == []


def test_the_commands_never_say_it(line):
    said = Opened()
    for name, ran in line.ran.items():
        open_bytes(said, f"output of {name}", ran.stdout.encode())
        open_bytes(said, f"errors of {name}", ran.stderr.encode())
    assert leaks(said, line.planted.of(*EVERYTHING)) == []


def test_the_platforms_own_logs_hold_no_secret_and_no_person(line):
    """Access log, PostgreSQL's log, and the processes' own words; a mistyped password among what was tried."""
    state = line.portal.state
    logs = open_all([state.root / "log", state.server_log, state.root / "commands.log"])
    assert leaks(logs, line.planted.of(*NEVER, *PERSONAL)) == []


def test_the_auditors_folder_withholds_persons(line):
    assert leaks(open_all([line.kept / "build" / "auditor"]), line.planted.of(*NEVER, "people")) == []


def test_the_revealed_folder_names_persons_and_still_no_secret(line):
    opened = open_all([line.kept / "again" / "revealed"])
    assert leaks(opened, line.planted.of(*NEVER)) == []
    planted = {name: value for name, value in line.planted.people.items() if "zephyrine" in value}
    assert leaks(opened, planted), "the planted person was never collected, so the searches above prove nothing"


def test_the_private_store_seals_persons_and_holds_no_secret(line):
    opened = open_all([line.kept / ".trustcenter" / "private"])
    assert leaks(opened, line.planted.of(*NEVER, "people")) == []
    assert leaks(opened, {"address": line.portal.url}), "the private store should name its endpoint"


def test_every_output_was_really_opened(line, public):
    """The search sees through compression, archives, PDF and base64: something known is found inside each."""
    ways = {way.split(" > ", 1)[1] for way, _ in public if " > " in way}
    for part in ("xl/worksheets/sheet", "text", "base64 at"):
        assert any(part in way for way in ways), part
    known = b"urn:trustcenter:evidence:v1"
    inside = {way.split(" > ")[0].rsplit("/", 1)[-1] for way, content in public if " > " in way and known in content}
    assert any(name.endswith(".dsse.json") for name in inside), inside
    assert "pack.pdf" in {way.split(" > ")[0].rsplit("/", 1)[-1] for way, c in public if b"Harrow Reinsurance" in c}


@pytest.mark.parametrize("value", ["zephyrine@planted.example", "a-secret-of-32-bytes/with+signs="])
def test_the_search_finds_what_is_hidden(value):
    """Base64 in JSON in a gzip in a zip, hexadecimal, escapes, digests: each is found, and nothing else is."""
    import base64
    import hashlib
    import json

    statement = json.dumps({"payload": base64.b64encode(f"some text, {value}, more".encode()).decode()})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("inner.json.gz", gzip.compress(statement.encode()))
    hidden = {
        "archive": archive.getvalue(),
        "hexadecimal": value.encode().hex().upper().encode(),
        "escaped": "".join(f"\\u{ord(letter):04x}" for letter in value).encode(),
        "entities": "".join(f"&#{ord(letter)};" for letter in value).encode(),
        "address": "".join(f"%{ord(letter):02X}" for letter in value).encode(),
        "short base64": base64.b64encode(b"xy" + value.encode()),
        "digest": hashlib.sha256(value.encode()).hexdigest().encode(),
    }
    for name, content in hidden.items():
        opened = Opened()
        open_bytes(opened, name, content)
        search = guessable if name == "digest" else leaks
        assert search(opened, {"it": value}), name
        assert search(opened, {"another": value[::-1]}) == []
