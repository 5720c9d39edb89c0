"""The signed document in which a platform says what it observes about itself, checked before a word of it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from trustcenter.collectors.interface import Run
from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.model.population import CouldNotTell
from trustcenter.proof.dsse import Envelope
from trustcenter.proof.keys import PublicKey
from trustcenter.sources.interface import Http

LONGEST_LIFE = timedelta(minutes=5)
CLOCK_TOLERANCE = timedelta(seconds=30)
PAYLOAD_TYPE = "application/vnd.trustcenter.posture.v1+json"


@dataclass(frozen=True, slots=True)
class Posture:
    """What the platform observed, and when it said so by its own clock."""

    issued_at: datetime
    expires_at: datetime
    observed: Mapping[str, Any]
    key_id: str


def read_posture(http: Http, run: Run) -> Posture:
    """Fetch with the run's nonce and check: signature by the pinned key, type, nonce, times.

    Raises CouldNotTell: `denied`, `contradicted` where the document does not verify, `malformed`.
    """
    key = _pinned_key(run)
    path = run.setting("posture_path")
    response = http.request("GET", f"{path}?nonce={run.nonce}")
    if response.status in (401, 403):
        raise CouldNotTell("denied", f"{path} answered {response.status}")
    if response.status != 200:
        raise CouldNotTell("unsupported", f"{path} answered {response.status}")
    try:
        envelope = Envelope.parse(response.body, where="trust-posture")
        envelope.verify([key], where="trust-posture")
        document = envelope.value
    except TamperedError as error:
        raise CouldNotTell("contradicted", f"the posture document does not verify: {error.what}") from error
    except TrustCenterError as error:
        raise CouldNotTell("malformed", f"the posture document cannot be read: {error.what}") from error
    if envelope.payload_type != PAYLOAD_TYPE or not isinstance(document, Mapping):
        raise CouldNotTell("malformed", "this is signed, and no posture document")
    if document.get("nonce") != run.nonce:
        raise CouldNotTell("contradicted", "the posture document answers another nonce: it may be an old one")
    try:
        issued = datetime.fromisoformat(document["issued_at"])
        expires = datetime.fromisoformat(document["expires_at"])
        late = not issued - CLOCK_TOLERANCE <= run.now() <= min(expires, issued + LONGEST_LIFE)
        observed = document["observed"]
    except (KeyError, TypeError, ValueError) as error:
        raise CouldNotTell("malformed", "the posture document lacks its times or values") from error
    if late:
        raise CouldNotTell("contradicted", "the posture document is not of this moment, or outlives five minutes")
    if not isinstance(observed, Mapping):
        raise CouldNotTell("malformed", "the posture document's values are no table")
    return Posture(issued, expires, observed, key.key_id)


def _pinned_key(run: Run) -> PublicKey:
    place = run.setting("posture_key")
    try:
        text = str(place)
        return PublicKey.from_pem(text if text.startswith("-----") else Path(text).read_text("ascii"))
    except (OSError, UnicodeError, TrustCenterError) as error:
        raise CouldNotTell(
            "unsupported",
            f"source {run.source.name}: `posture_key` is neither a public key in PEM nor a file with one",
            hint="pin the key that the platform printed when it was set up",
        ) from error
