"""trustcenter.toml: found, read strictly, with variables filled in when they are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustcenter.errors import ConfigurationError, Problems
from trustcenter.instance import find, load, parse, variables
from trustcenter.model.population import CouldNotTell

TOML = """\
env_file = "build/portal.env"

[organisation]
name = "Sample"
url = "https://sample.example"
covers = "the service"
longest_waiver = "90d"

[organisation.roles]
gdpr = ["controller"]

[sources.portal]
kind = "platform"
environment = "demo"
url = "${PORTAL_URL}/"
hosts = ["${PORTAL_HOST}", "b"]
dsn = "${PORTAL_DSN}"

[sources.portal.mapping.user_accounts]
table = "portal.accounts"
"""


def test_an_instance_is_read_with_places(tmp_path):
    """Organisation, folders, sources and their mapping; each source knows its line."""
    instance = parse(TOML.encode(), {"PORTAL_URL": "https://a"}, root=tmp_path)
    assert instance.organisation.longest_waiver.days == 90
    assert instance.evidence == tmp_path / "evidence"
    assert instance.keys == tmp_path / ".trustcenter/keys"
    source = instance.source("portal")
    assert (source.kind, source.environment, str(source.place)) == ("platform", "demo", "trustcenter.toml:12:2")
    assert source.settings["url"] == "https://a/"
    assert source.mapping["user_accounts"]["table"] == "portal.accounts"


def test_a_variable_that_is_not_set_fails_when_used_and_names_itself(tmp_path):
    """Loading never needs the platform; using it does, and the error says which variable and where."""
    settings = parse(TOML.encode(), {"PORTAL_URL": "x"}, root=tmp_path).source("portal").settings
    assert settings.unset() == ("PORTAL_DSN", "PORTAL_HOST")
    for read in (
        lambda: settings["dsn"],
        lambda: settings.get("dsn"),
        lambda: settings["hosts"],
        lambda: dict(settings),
    ):
        with pytest.raises(CouldNotTell, match="needs the variable PORTAL_") as caught:
            read()
        assert caught.value.where == "trustcenter.toml:12:2"
    assert settings.get("absent") is None
    assert settings == parse(TOML.encode(), {}, root=tmp_path).source("portal").settings, "compared as written"


def test_settings_are_never_shown(tmp_path):
    """Neither the representation of a source nor of its settings holds a value."""
    source = parse(TOML.encode(), {"PORTAL_DSN": "canary-value"}, root=tmp_path).source("portal")
    assert "canary-value" not in repr(source) + repr(source.settings) + str(source.settings)


def test_the_environment_file_fills_in_and_the_environment_wins(tmp_path):
    """Found upward from a folder below."""
    (tmp_path / "trustcenter.toml").write_text(TOML)
    (tmp_path / "build").mkdir()
    (tmp_path / "build/portal.env").write_text("# comment\nPORTAL_URL='https://file'\nexport PORTAL_DSN=from-file\n")
    below = tmp_path / "controls/access"
    below.mkdir(parents=True)
    settings = load(below, {"PORTAL_URL": "https://env"}).source("portal").settings
    assert (settings["url"], settings["dsn"]) == ("https://env/", "from-file")


def test_a_line_that_is_no_assignment_is_named_without_its_content():
    """An environment file holds secrets."""
    with pytest.raises(ConfigurationError) as caught:
        variables("A=1\ncanary-value\n", "x.env")
    assert caught.value.where == "x.env:2"
    assert "canary" not in str(caught.value)


def test_where_there_is_no_instance_the_error_says_how_to_make_one(tmp_path):
    """`trustcenter init` is the next command."""
    with pytest.raises(ConfigurationError) as caught:
        find(tmp_path)
    assert "trustcenter init" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "hint"),
    [
        ("covers", "cover", "6:1", "unknown key `cover`", "`covers`"),
        ("env_file", "env_fil", "1:1", "unknown key `env_fil`", "`env_file`"),
        ('"demo"', '"dmo"', "14:15", "`dmo` is none of", "`demo`"),
        ('kind = "platform"\n', "", "12:2", "`kind` is missing", ""),
        ('"90d"', '"90"', "7:18", "no duration", ""),
        ("https://sample", "sample", "5:7", "does not match", ""),
        ('gdpr = ["controller"]', 'gdpr = "controller"', "10:8", "a list is expected", ""),
        ("[organisation]", "[organization]", "3:2", "unknown key `organization`", "`organisation`"),
        ("env_file = ", "env_file = [", "3:", "not TOML", ""),
        ('"build/portal.env"', '"/etc/portal.env"', "1:12", "does not match", ""),
    ],
)
def test_a_mistake_is_named_at_its_place(old, new, where, what, hint, tmp_path):
    """File, line and column, with a suggestion."""
    with pytest.raises(Problems) as caught:
        parse(TOML.replace(old, new, 1).encode(), {}, root=tmp_path)
    said = [(problem.where, problem.what, problem.hint or "") for problem in caught.value.problems]
    assert any(w.startswith(f"trustcenter.toml:{where}") and what in t and hint in h for w, t, h in said), said


def test_folders_stay_inside(tmp_path):
    """No path of the instance leads out of it."""
    for path in ("../x", "a/../../x", "/x", "~/x"):
        with pytest.raises(ConfigurationError):
            parse(f'{TOML}[paths]\nevidence = "{path}"\n'.encode(), {}, root=tmp_path)


def test_a_sources_digest_speaks_of_what_is_written_not_of_secrets():
    """The same file under another environment has the same digests; another table has another."""
    one = parse(TOML.encode(), {"PORTAL_DSN": "a"}, root=Path("/i")).source_digests
    assert one == parse(TOML.encode(), {"PORTAL_DSN": "b"}, root=Path("/i")).source_digests
    assert one != parse(TOML.replace("portal.accounts", "portal.people").encode(), {}, root=Path("/i")).source_digests


def test_what_is_not_done_is_a_sentence_or_more(tmp_path):
    """A sentence alone is named by its words; the same name twice is an error at its place."""
    said = 'not_done = ["We run no bug bounty.", {id = "iso", say = "We hold none.", decided = 2026-01-15}]\n'
    whole = TOML.replace("[organisation]\n", f"[organisation]\n{said}", 1)
    one, other = parse(whole.encode(), {}, root=tmp_path).organisation.not_done
    assert (one.claim, one.opposites, one.decided) == ("not-done/we-run-no-bug-bounty", (), None)
    assert (other.claim, str(other.decided)) == ("not-done/iso", "2026-01-15")
    with pytest.raises(Problems, match="`iso` is said twice"):
        parse(whole.replace('"We run no bug bounty."', '{id = "iso", say = "Twice."}').encode(), {}, root=tmp_path)
