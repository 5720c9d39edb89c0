"""A ledger through boto3 itself: conditional writes, and each way of a bucket to say no, with the next step."""

from __future__ import annotations

import pytest
from fake_s3 import fake_s3
from remote_writers import first

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.ledger.remote.bucket import BucketRemote
from trustcenter.ledger.remote.refusals import Denied, NoPlace, Overtaken, Unreachable
from trustcenter.ledger.remote.s3 import S3Objects

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")


@pytest.fixture(scope="module")
def running():
    with fake_s3() as bucket:
        yield bucket


@pytest.fixture
def bucket(running):
    running.objects.clear()
    running.deeds.clear()
    running.fault = lambda *_: None
    return running


def client(address, **more):
    from botocore.config import Config

    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, **more)
    return boto3.client(
        "s3", endpoint_url=address, region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test",
        config=config,
    )  # fmt: skip


@pytest.fixture(scope="module")
def remote(running):
    quick = client(running.address, read_timeout=0.3, connect_timeout=1)
    return BucketRemote(S3Objects(quick, "page", "acme/ledger/"))


@pytest.fixture
def one(bucket, remote, tmp_path):
    made = first(tmp_path / "one", remote, "a", "b")
    made.push()
    return made


def test_the_files_lie_as_on_disk_and_the_checkpoint_comes_after_them(bucket, one, tmp_path):
    """So that any tool can copy them, and the copy is verified without ours."""
    order = [key.removeprefix("acme/ledger/") for deed, key in bucket.deeds if deed == "put"]
    on_disk = {path.relative_to(one.folder).as_posix() for path in one.folder.glob("evidence/**/*") if path.is_file()}
    assert {key for key in order if key.startswith("evidence/")} == on_disk
    assert set(order) - on_disk == {"claims/0.json"}
    assert order.index("claims/0.json") > max(order.index(key) for key in on_disk if "/statements/" in key)
    assert order.index("evidence/log/checkpoint") > max(order.index(key) for key in on_disk if "/tile/" in key)
    assert bucket.objects["acme/ledger/evidence/log/checkpoint"][1] == "text/plain; charset=utf-8"
    reader = one.reader(tmp_path / "reader")
    assert (reader.pull().size, reader.names()) == (3, ["a", "b"])


def test_a_prefix_keeps_to_itself(bucket, one):
    bucket.objects["acme/ledger-of-others/evidence/log/checkpoint"] = (b"theirs", "", "")
    one.append("c")
    assert one.push().size == 4
    assert bucket.objects["acme/ledger-of-others/evidence/log/checkpoint"][0] == b"theirs"


FAULTS = {
    "denied": ((403, "AccessDenied"), Denied, 3, "s3:ListBucket"),
    "expired": ((400, "ExpiredToken"), Denied, 3, "s3:ListBucket"),
    "no bucket": ((404, "NoSuchBucket"), NoPlace, 2, "name"),
    "busy": ((503, "SlowDown"), Unreachable, 3, "again"),
    "broken": ((500, "InternalError"), Unreachable, 3, "again"),
    "silent": ((0, ""), Unreachable, 3, "again"),
}


STAGES = ("checkpoint read", "listing", "statement", "claim", "tile", "checkpoint written")
PAIRS = [
    pytest.param(kind, stage, marks=() if (at - number) % len(STAGES) == 0 else pytest.mark.deep, id=f"{kind}-{stage}")
    for number, kind in enumerate(FAULTS)
    for at, stage in enumerate(STAGES)
]


@pytest.mark.parametrize(("kind", "stage"), PAIRS)
def test_each_refusal_at_each_step_is_named_and_the_next_run_succeeds(bucket, one, kind, stage):
    answer, error, code, hint = FAULTS[kind]
    method, part = {
        "checkpoint read": ("GET", "log/checkpoint"),
        "listing": ("GET", "page"),
        "statement": ("PUT", "/statements/"),
        "claim": ("PUT", "claims/"),
        "tile": ("PUT", "/tile/"),
        "checkpoint written": ("PUT", "log/checkpoint"),
    }[stage]
    bucket.fault = lambda asked, key: answer if asked == method and part in key else None
    one.append("c")
    before = bucket.objects["acme/ledger/evidence/log/checkpoint"]
    with pytest.raises(error) as caught:
        one.push()
    assert (caught.value.exit_code, caught.value.where.startswith("s3://page/acme/ledger")) == (code, True)
    assert hint in caught.value.hint
    assert bucket.objects["acme/ledger/evidence/log/checkpoint"] == before
    bucket.fault = lambda *_: None
    assert one.push().size == 4
    assert one.pull().size == 4


@pytest.mark.parametrize("kind", ["denied", "no bucket", "broken"])
def test_a_pull_that_is_refused_changes_nothing(bucket, one, kind, tmp_path):
    answer, error, code, _ = FAULTS[kind]
    reader = one.reader(tmp_path / "reader")
    bucket.fault = lambda method, key: answer if "/statements/" in key else None
    with pytest.raises(error) as caught:
        reader.pull()
    assert caught.value.exit_code == code
    assert not (reader.folder / "evidence").exists()


def test_half_an_answer_is_no_file(bucket, one, tmp_path):
    bucket.fault = lambda method, key: (-1, "") if "/statements/" in key else None
    with pytest.raises(Unreachable):
        one.reader(tmp_path / "reader").pull()


def test_a_listing_that_lacks_a_file_is_not_believed(bucket, one, tmp_path):
    key = next(key for key in bucket.objects if "/statements/" in key)
    del bucket.objects[key]
    with pytest.raises(TamperedError, match="missing"):
        one.reader(tmp_path / "reader").pull()


@pytest.mark.parametrize("code", [(412, "PreconditionFailed"), (409, "ConditionalRequestConflict")])
@pytest.mark.parametrize("part", ["/statements/", "claims/", "/tile/", "log/checkpoint"])
def test_a_condition_that_fails_once_is_looked_at_and_tried_again(bucket, one, code, part):
    """409 means that another write was at work, 412 also that our own first attempt had arrived after all."""
    left = [1]

    def once(method: str, key: str) -> tuple[int, str] | None:
        return code if method == "PUT" and part in key and left and left.pop() else None

    bucket.fault = once
    one.append("c")
    assert one.push().size == 4
    assert not left


@pytest.mark.parametrize("part", ["claims/", "/tile/", "log/checkpoint"])
def test_a_condition_that_never_holds_ends(bucket, one, part):
    bucket.fault = lambda method, key: (409, "ConditionalRequestConflict") if method == "PUT" and part in key else None
    one.append("c")
    with pytest.raises(Unreachable, match="again and again"):
        one.push()
    bucket.fault = lambda *_: None
    assert one.push().size == 4


def test_a_bucket_that_vanishes_between_reading_and_writing_is_named(bucket, one):
    bucket.fault = lambda method, key: (404, "NoSuchBucket") if method == "PUT" and "claims/" in key else None
    one.append("c")
    with pytest.raises(NoPlace, match="no bucket `page`"):
        one.push()


def test_a_port_where_nobody_listens_is_unreachable(tmp_path):
    nobody = BucketRemote(S3Objects(client("http://127.0.0.1:9", connect_timeout=1), "page"))
    with pytest.raises(Unreachable):
        first(tmp_path / "one", nobody, "a").push()


@pytest.mark.xdist_group("aws")
def test_two_writers_at_a_stand_in_of_aws(seeded, tmp_path):
    """moto enforces the conditions itself: the whole way, and the loser's, against something that is not ours."""
    import aws_account

    s3 = aws_account.clients(seeded.port)("s3")
    s3.create_bucket(Bucket="ledger-place", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    remote = BucketRemote(S3Objects(s3, "ledger-place", "acme"))
    one = first(tmp_path / "one", remote, "a")
    one.push()
    other = one.copy(tmp_path / "two", remote)
    one.append("first")
    other.append("second")
    assert one.push().size == 3
    with pytest.raises(Overtaken):
        other.push()
    other.rejoin()
    assert other.push().size == 4
    one.pull()
    assert one.names() == ["a", "first", "second"]
    with pytest.raises(TrustCenterError):
        first(tmp_path / "three", BucketRemote(S3Objects(s3, "no-such-bucket")), "x").push()
