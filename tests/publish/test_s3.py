"""A page in a bucket is never half a page, never an older one, and never another ledger's."""

from __future__ import annotations

import json

import pytest
from fake_s3 import fake_s3

from trustcenter.publish.s3 import RELEASE, Bucket, UploadError, upload

PAGES = {
    "index.html": "<h1>Overview</h1>",
    "access/index.html": "<h1>Access</h1>",
    "trust.json": "{}",
    "assets/trust.css": "a{}",
    "assets/javascripts/bundle.79ae519e.min.js": "1",
    "evidence/log/checkpoint": "head",
    "evidence/statements/sha256/ab/abc.dsse.json": "{}",
}


@pytest.fixture
def bucket():
    with fake_s3() as running:
        yield running


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    for path, text in PAGES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def send(bucket, site):
    boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")
    from botocore.config import Config

    client = boto3.client(
        "s3", endpoint_url=bucket.address, region_name="eu-central-1", aws_access_key_id="test",
        aws_secret_access_key="test", config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )  # fmt: skip

    def go(size=10, root="r", prefix=""):
        return upload(site, Bucket(client, "page", prefix), size=size, root=root)

    return go


def test_every_file_arrives_with_its_type_and_keeping_time(send, bucket):
    assert send().written == len(PAGES)
    stored = {key: value for key, value in bucket.objects.items() if key != RELEASE}
    assert {key: body.decode() for key, (body, _, _) in stored.items()} == PAGES
    assert stored["index.html"][1:] == ("text/html; charset=utf-8", "public, max-age=60, must-revalidate")
    assert stored["evidence/log/checkpoint"][1:] == ("text/plain; charset=utf-8", "public, max-age=60, must-revalidate")
    assert "immutable" in stored["evidence/statements/sha256/ab/abc.dsse.json"][2]
    assert "immutable" in stored["assets/javascripts/bundle.79ae519e.min.js"][2]
    assert "immutable" not in stored["assets/trust.css"][2]


def test_data_comes_before_pages_and_the_entry_comes_last(send, bucket):
    send()
    order = [key for deed, key in bucket.deeds if deed == "put" and key != RELEASE]
    assert order[-2:] == ["access/index.html", "index.html"]
    assert order.index("evidence/log/checkpoint") > order.index("assets/trust.css")


def test_only_what_changed_is_written_and_what_went_is_removed(send, bucket, site):
    send()
    bucket.deeds.clear()
    (site / "access" / "index.html").unlink()
    (site / "index.html").write_text("<h1>New</h1>")
    done = send(size=11)
    assert (done.written, done.kept, done.removed) == (1, len(PAGES) - 2, 1)
    assert [deed for deed in bucket.deeds if deed[1] != RELEASE] == [
        ("put", "index.html"), ("delete", "access/index.html"),
    ]  # fmt: skip


def test_a_prefix_keeps_to_itself(send, bucket):
    bucket.objects["other.html"] = (b"mine", "text/html", "")
    send(prefix="live/")
    assert "live/index.html" in bucket.objects
    assert bucket.objects["other.html"][0] == b"mine"


@pytest.mark.parametrize("prefix", ["", "live"])
def test_what_somebody_changed_or_took_away_is_written_again(send, bucket, prefix):
    """A page that was defaced in the bucket does not survive the next run, and nothing else is written."""
    send(prefix=prefix)
    at = f"{prefix}/".lstrip("/")
    bucket.objects[f"{at}access/index.html"] = (b"defaced", "text/html", "")
    del bucket.objects[f"{at}trust.json"]
    bucket.deeds.clear()
    assert send(prefix=prefix).written == 2
    assert [key for deed, key in bucket.deeds if not key.endswith(RELEASE)] == [
        f"{at}trust.json",
        f"{at}access/index.html",
    ]
    assert bucket.objects[f"{at}access/index.html"][0].decode() == PAGES["access/index.html"]


def test_an_older_page_never_replaces_a_newer_one(send, bucket):
    send(size=12)
    before = dict(bucket.objects)
    with pytest.raises(UploadError, match="checkpoint 12"):
        send(size=11)
    assert bucket.objects == before


def test_a_forked_ledger_is_refused(send, bucket):
    send(size=12, root="one")
    before = dict(bucket.objects)
    with pytest.raises(UploadError, match="forked"):
        send(size=12, root="two")
    assert bucket.objects == before


def test_of_two_writers_one_is_refused_before_any_page_changes(send, bucket, site):
    send()
    (site / "index.html").write_text("late")
    bucket.meanwhile = {RELEASE: (json.dumps({"size": 99, "root": "x", "files": {}}).encode(), "", "")}
    with pytest.raises(UploadError, match="meanwhile"):
        send(size=11)
    assert bucket.objects["index.html"][0].decode() == PAGES["index.html"]


def test_an_interrupted_upload_is_finished_by_the_next(send, bucket, site):
    send()
    (site / "index.html").write_text("second")
    bucket.refuse = "index.html"
    with pytest.raises(UploadError, match="AccessDenied"):
        send(size=11)
    bucket.refuse = ""
    (site / "index.html").write_text(PAGES["index.html"])
    send(size=11)
    assert bucket.objects["index.html"][0].decode() == PAGES["index.html"]
    assert set(bucket.objects) == {*PAGES, RELEASE}


@pytest.mark.parametrize("record", [b"", b"[]", b'{"size": 1}', b'{"size": "x", "root": "", "files": {}}'])
def test_a_strange_release_record_stops_the_upload(send, bucket, record):
    bucket.objects[RELEASE] = (record, "", "")
    with pytest.raises(UploadError, match="release record"):
        send()
    assert set(bucket.objects) == {RELEASE}
