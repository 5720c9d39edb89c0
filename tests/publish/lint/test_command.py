"""`trustcenter lint`: text, JSON and SARIF, over files, addresses and this instance, with honest exit codes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jsonschema_rs
import pytest

from trustcenter.cli import main

CONTRADICTORY = "All traffic uses TLS 1.3.\n\nConnections accept TLS 1.2 or newer.\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(CONTRADICTORY, encoding="utf-8")
    return path


@pytest.fixture
def site() -> Iterator[str]:
    """A web server on this machine with one page."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {
                "/security": (
                    "text/html; charset=utf-8",
                    "<p>All traffic uses TLS 1.3.</p><p>Connections accept TLS 1.2 or newer.</p>",
                )
            }
            media, body = known.get(self.path, ("text/plain", "no"))
            self.send_response(200 if self.path in known else 404)
            self.send_header("content-type", media)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    server = HTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_text_names_both_places(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Family, both quotes with file, line and column, why, and what to say instead; exit 1."""
    assert main(["lint", "--page", str(page)]) == 1
    out = capsys.readouterr().out

    assert f"{page}:1:1: “All traffic uses TLS 1.3.”" in out
    assert f"{page}:3:1: “Connections accept TLS 1.2 or newer.”" in out
    assert "1 finding" in out


def test_json_has_verbatim_quotes_and_positions(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One document; offsets lead to the quotes."""
    assert main(["lint", "--page", str(page), "--json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]

    assert finding["family"] == "value"
    assert finding["quotes"] == ["All traffic uses TLS 1.3.", "Connections accept TLS 1.2 or newer."]
    for quote, position in zip(finding["quotes"], finding["positions"], strict=True):
        assert CONTRADICTORY[position["start"] : position["end"]] == quote
    assert finding["why"]
    assert finding["suggestion"]


def test_sarif_is_valid(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report on a real page validates against the published schema; both places are in each result."""
    schema = json.loads((shared / "data" / "sarif" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    # Its pattern for languages is no regular expression that all engines read, and nothing here names a language.
    for part in ("run", "toolComponent"):
        del schema["definitions"][part]["properties"]["language"]["pattern"]
    source = shared / "pages" / "revenue-defenders.txt"

    assert main(["lint", "--page", str(source), "--sarif", "-", "--as-of", "2026-11-21", "--rules-only"]) == 1
    report = json.loads(capsys.readouterr().out)

    assert list(jsonschema_rs.validator_for(schema).iter_errors(report)) == []
    assert len(report["runs"][0]["results"]) >= 27


def test_sarif_file(page: Path, tmp_path: Path) -> None:
    """Written beside the report for people."""
    target = tmp_path / "lint.sarif"

    assert main(["lint", "--page", str(page), "--sarif", str(target)]) == 1
    (result,) = json.loads(target.read_text(encoding="utf-8"))["runs"][0]["results"]
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 3


def test_an_address_is_fetched(site: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A page by its address; one that is not there is an error, never a clean result."""
    assert main(["lint", "--page", f"{site}/security"]) == 1
    assert main(["lint", "--page", f"{site}/missing"]) == 2
    assert "answered 404" in capsys.readouterr().err


@pytest.mark.parametrize("named", ["nothing-here.txt", "ftp://a.example/page", "http://127.0.0.1:1/"])
def test_what_cannot_be_read_is_an_error(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 with the reason."""
    assert main(["lint", "--page", named]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize("command", [["lint", "--page"], ["import-page"]])
def test_a_folder_is_called_one(tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, str(tmp_path)]) == 2
    assert "this is a folder, and a page is one file" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["lint --page", "import-page"])
@pytest.mark.parametrize("frame", ["", "<h1>Security</h1><div id=app></div>", "<title>Trust</title><h2>Data</h2>"])
def test_a_page_without_sentences_is_an_error(tmp_path: Path, frame: str, command: str) -> None:
    """Nothing read is not nothing found: a page that a script draws has a frame with titles at most."""
    page = tmp_path / "page.html"
    page.write_text(f"{frame}<script>draw()</script>", encoding="utf-8")

    assert main([*command.split(), str(page)]) == 2


def test_this_instance_is_clean(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sample instance contradicts itself nowhere: claims, policies, registers, hand-written pages."""
    assert main(["lint", "--instance", str(repository), "--as-of", "2026-11-21"]) == 0, capsys.readouterr().out


def test_answers_are_held_against_the_instance(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer that says another value than a policy is found, with both places."""
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "question,answer\nHow long are backups of customer data kept?,Backups are kept for 90 days.\n", encoding="utf-8"
    )

    assert (
        main(["lint", "--instance", str(repository), "--answers", str(answers), "--json", "--as-of", "2026-11-21"]) == 1
    )
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert any("Backups are kept for 90 days." in finding["quotes"] for finding in findings)


def test_a_claim_against_a_policy_is_found(
    repository: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A contradiction between a claim's file and a policy is placed in both, at the words."""
    import shutil

    copy = tmp_path / "instance"
    for name in ("controls", "policies", "rosters", "infrastructure", "site"):
        shutil.copytree(repository / name, copy / name, ignore=shutil.ignore_patterns("assets"))
    shutil.copy(repository / "trustcenter.toml", copy)
    policy = copy / "policies" / "cryptography.md"
    policy.write_text(
        policy.read_text(encoding="utf-8").replace("TLS 1.2 or newer", "TLS 1.3 or newer"), encoding="utf-8"
    )

    assert main(["lint", "--instance", str(copy), "--json", "--as-of", "2026-11-21"]) == 1
    (finding, *_) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["rule"] == "value.tls-minimum"
    files = {position["file"] for position in finding["positions"]}
    assert files == {"controls/data/encryption-in-transit.yaml", "policies/cryptography.md"}
