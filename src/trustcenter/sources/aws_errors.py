"""From what botocore raises to `CouldNotTell`: the cause, the missing action by name, the remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from trustcenter.model.population import Cause, CouldNotTell
from trustcenter.sources.aws_actions import action_of

_DENIED = re.compile(r"AccessDenied|UnauthorizedOperation|NotAuthorized|Forbidden|AuthorizationError|^403$")
_EXPIRED = re.compile(r"ExpiredToken|RequestExpired|TokenRefreshRequired")
_UNKNOWN = re.compile(r"InvalidClientTokenId|UnrecognizedClient|AuthFailure|InvalidAccessKeyId|Signature")
_REGION = re.compile(r"OptInRequired|RegionDisabled|SubscriptionRequired")
_CLOCK = re.compile(r"RequestTimeTooSkewed|RequestInTheFuture")
_EXPIRED_SIGNATURE = re.compile(r"Signature (expired|not yet current)")
"""What a service says of a signature that is right, and made by another clock."""
_SLOW = re.compile(r"Throttl|TooManyRequests|SlowDown|RequestLimitExceeded|LimitExceeded|BandwidthLimit|^429$")
_GONE = re.compile(r"NotFound|NoSuch|DoesNotExist|Non[Ee]xistent|InvalidKeyId|^404$")
_TRANSIENT = re.compile(r"InternalError|InternalFailure|ServiceUnavailable|InternalServer|^5\d\d$")


class Changed(CouldNotTell):
    """Something that a listing named was gone when it was asked about: the population is read once more."""

    def __init__(self, what: str) -> None:
        super().__init__("contradicted", what, hint="collect again when nothing is being deleted")


def explained(error: Exception, service: str, operation: str, region: str) -> CouldNotTell:
    """What one failed call means. The error's own text is not repeated: it names accounts, roles and resources."""
    from botocore import exceptions

    where = f"{service}:{operation} in {region}"
    if isinstance(error, exceptions.ClientError):
        return refused(error.response, service, operation, region)
    kinds: Sequence[tuple[tuple[type[Exception], ...], Cause, str, str | None]] = (
        (
            (exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.CredentialRetrievalError),
            "denied",
            "no AWS credentials were found",
            "give some in one of the ways that boto3 knows (environment, profile, role of the machine)",
        ),
        (
            (exceptions.PaginationError,),
            "incomplete",
            "a page named itself as the next one, so the listing has no end",
            "collect again; if it stays, ask AWS",
        ),
        (
            (exceptions.ResponseStreamingError, exceptions.ConnectionClosedError, exceptions.IncompleteReadError),
            "incomplete",
            "the connection ended before the answer did",
            None,
        ),
        ((exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError), "timed_out", "no answer in time", None),
        (
            (exceptions.EndpointConnectionError, exceptions.ProxyConnectionError, exceptions.SSLError),
            "unreachable",
            "no connection",
            "check the region's name, the network and AWS_ENDPOINT_URL",
        ),
        ((exceptions.HTTPClientError,), "unreachable", "the exchange failed", None),
        (
            (exceptions.ParamValidationError, exceptions.UnknownServiceError),
            "defect",
            "we asked what cannot be asked",
            "report it",
        ),
        (
            (exceptions.InvalidRegionError,),
            "unsupported",
            "this is the name of no region",
            "correct it in `regions`",
        ),
        ((ValueError, KeyError), "malformed", "the answer lacks what every such answer has", None),
        ((exceptions.BotoCoreError,), "unreachable", f"the call failed ({type(error).__name__})", None),
    )
    if type(error).__name__ in ("ResponseParserError", "ParseError"):
        return CouldNotTell("malformed", "the answer is not XML, or not all of it", where=where)
    for types, cause, what, hint in kinds:
        if isinstance(error, types) and not (cause == "malformed" and _ours(error)):
            return CouldNotTell(cause, what, where=where, hint=hint)
    return CouldNotTell("defect", f"the call failed on our own account ({type(error).__name__})", where=where)


def _ours(error: Exception) -> bool:
    """Whether a line of this program raised it, rather than one that reads an answer."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return at is not None and str(at.tb_frame.f_globals.get("__name__")).startswith("trustcenter.")


def refused(answer: dict[str, Any], service: str, operation: str, region: str) -> CouldNotTell:
    """What an error answer means, by its code, then its status."""
    code = str(answer.get("Error", {}).get("Code", ""))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    where, action = f"{service}:{operation} in {region}", action_of(service, operation)
    said = str(answer.get("Error", {}).get("Message", ""))
    if _CLOCK.search(code) or ("Signature" in code and _EXPIRED_SIGNATURE.search(said)):
        return CouldNotTell(
            "contradicted", "AWS says that this machine's clock is wrong", where=where, hint="set it right (NTP)"
        )
    if _EXPIRED.search(code):
        return CouldNotTell("denied", "the credentials have expired", where=where, hint="renew them, and collect again")
    if _REGION.search(code):
        return CouldNotTell(
            "unsupported",
            f"region {region} is not enabled for this account, or the service is not",
            where=where,
            hint=f"enable it, or take {region} out of `regions`",
        )
    if _UNKNOWN.search(code):
        return CouldNotTell(
            "denied",
            f"AWS does not know these credentials in {region}",
            where=where,
            hint=f"check the credentials; where they work elsewhere, {region} may not be enabled",
        )
    if _DENIED.search(code) or (status == 403 and not code):
        return CouldNotTell(
            "denied", f"the role may not {action}", where=where,
            hint=f"allow {action}; `trustcenter aws policy` prints everything that is needed",
        )  # fmt: skip
    if _SLOW.search(code):
        return CouldNotTell(
            "timed_out", f"{service} asked us to slow down until the attempts were used up", where=where,
            hint="raise `attempts` of the source, or collect at a quieter time",
        )  # fmt: skip
    if _GONE.search(code):
        return Changed(f"{where}: what was listed is gone ({code})")
    if _TRANSIENT.search(code) or status >= 500:
        return CouldNotTell("unreachable", f"{service} answered with an error of its own each time", where=where)
    return CouldNotTell("unsupported", f"{service} refused the question ({code or status})", where=where)
