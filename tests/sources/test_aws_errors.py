"""What AWS says when it refuses, by its codes: the cause that each ends with, and what to do."""

from __future__ import annotations

import pytest

from trustcenter.sources.aws_errors import Changed, explained, refused

REGION = "eu-south-2"


@pytest.mark.parametrize(
    ("code", "status", "cause", "said"),
    [
        ("AccessDenied", 403, "denied", "the role may not kms:ListKeys"),
        ("", 403, "denied", "the role may not kms:ListKeys"),
        ("ExpiredTokenException", 400, "denied", "have expired"),
        ("RequestExpired", 400, "denied", "have expired"),
        ("UnrecognizedClientException", 400, "denied", f"{REGION} may not be enabled"),
        ("InvalidClientTokenId", 403, "denied", f"{REGION} may not be enabled"),
        ("AuthFailure", 401, "denied", f"{REGION} may not be enabled"),
        ("OptInRequired", 403, "unsupported", f"take {REGION} out"),
        ("SubscriptionRequiredException", 400, "unsupported", f"take {REGION} out"),
        ("RequestTimeTooSkewed", 403, "contradicted", "clock"),
        ("RequestInTheFuture", 403, "contradicted", "clock"),
        ("ThrottlingException", 400, "timed_out", "slow down"),
        ("SlowDown", 503, "timed_out", "slow down"),
        ("InternalError", 500, "unreachable", "an error of its own"),
        ("", 502, "unreachable", "an error of its own"),
        ("NotFoundException", 400, "contradicted", "gone"),
        ("SomethingNew", 400, "unsupported", "SomethingNew"),
    ],
)
def test_each_code_has_its_cause_and_its_remedy(code: str, status: int, cause: str, said: str) -> None:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    found = refused(answer, "kms", "ListKeys", REGION)
    assert (found.cause, said in str(found)) == (cause, True), str(found)
    assert "kms:ListKeys" in str(found)
    assert isinstance(found, Changed) == (said == "gone")


def test_a_signature_is_wrong_or_of_another_clock() -> None:
    def of(message: str) -> str:
        error = {"Code": "SignatureDoesNotMatch", "Message": message}
        return refused({"Error": error}, "iam", "GetAccountSummary", REGION).cause

    assert of("Signature expired: 20261120T120000Z is now earlier than 20261120T130000Z") == "contradicted"
    assert of("Signature not yet current: 20261120T140000Z is still later") == "contradicted"
    assert of("The request signature we calculated does not match the signature you provided") == "denied"


def test_our_own_defect_is_not_blamed_on_the_answer() -> None:
    """The same error from a line that reads an answer, and from a line of this program."""
    ours = compile("raise KeyError('member')", "here", "exec")
    for module, cause in (("trustcenter.sources.aws", "defect"), ("botocore.parsers", "malformed")):
        with pytest.raises(KeyError) as caught:
            exec(ours, {"__name__": module})
        assert explained(caught.value, "kms", "ListKeys", REGION).cause == cause
