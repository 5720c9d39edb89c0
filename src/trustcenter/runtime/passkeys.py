"""Passkeys: registration and sign-in without a user name, as Web Authentication Level 3 describes them (7.1 and 7.2).

fido2 verifies signatures and structures; what it leaves to the relying party is decided here: no ceremony inside a page
of somebody else (crossOrigin, topOrigin), exact origins, user verification, counters that must grow, the user handle,
revoked keys. Attestation is not asked for: it would tell who made a person's device.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import (
    Aaguid,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from trustcenter.errors import TrustCenterError

LONGEST_IDENTIFIER = 1023
"""Bytes of a credential identifier (WebAuthn Level 3, 7.1 step 25)."""


class PasskeyRefusedError(TrustCenterError):
    """A ceremony that does not hold; `what` says why, for the log and not for the visitor."""


class Decision(StrEnum):
    """What the policy says about an assertion."""

    ACCEPTED = "accepted"
    REVOKED = "revoked"
    UNVERIFIED = "unverified"
    """The authenticator did not verify its user where the role needs it."""
    COUNTER = "counter"
    """The counter did not grow: two devices may hold the same key."""
    STRANGER = "stranger"
    """The assertion names another account than the one that holds the key."""
    INVALID = "invalid"
    """Signature, origin, challenge or structure do not hold."""


@dataclass(frozen=True)
class PasskeyState:
    """One registered key as stored. `handle` is the account's user handle."""

    handle: bytes
    sign_count: int
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class StoredPasskey:
    """One registered key with what is needed to check its signatures."""

    credential_id: bytes
    public_key: bytes
    state: PasskeyState


@dataclass(frozen=True)
class Asserted:
    """What an assertion with a good signature said."""

    handle: bytes | None
    sign_count: int
    user_verified: bool
    backed_up: bool = False


@dataclass(frozen=True)
class Facts:
    """Whether the holder was verified by the authenticator, so that the key counts as two factors; backed up or not."""

    user_verified: bool
    backed_up: bool = False


def decide(
    state: PasskeyState, event: Asserted, now: datetime, *, verification: bool
) -> tuple[PasskeyState, Decision, Facts]:
    """Accepts an assertion of a live key. A counter of zero on both sides is an authenticator without one."""
    facts = Facts(event.user_verified, event.backed_up)
    if state.revoked_at is not None:
        return state, Decision.REVOKED, facts
    if event.handle is None or event.handle != state.handle:
        return state, Decision.STRANGER, facts
    if verification and not event.user_verified:
        return state, Decision.UNVERIFIED, facts
    if (event.sign_count or state.sign_count) and event.sign_count <= state.sign_count:
        return state, Decision.COUNTER, facts
    return replace(state, sign_count=event.sign_count, last_used_at=now), Decision.ACCEPTED, facts


@dataclass(frozen=True)
class Registered:
    """A new key: its identifier, its COSE public key, and what its authenticator said about it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    user_verified: bool
    backed_up: bool


@dataclass(frozen=True)
class Holder:
    """Whom a key is made for: an opaque handle, no personal data in it (WebAuthn Level 3, 14.6.1)."""

    handle: bytes
    email: str
    name: str


@dataclass(frozen=True)
class RelyingParty:
    """The site: its domain and the exact origins that its pages have."""

    domain: str
    name: str
    origins: frozenset[str]

    @cached_property
    def _server(self) -> Fido2Server:
        return Fido2Server(
            PublicKeyCredentialRpEntity(id=self.domain, name=self.name), verify_origin=self.origins.__contains__
        )

    def registration_options(
        self, holder: Holder, existing: tuple[bytes, ...], challenge: bytes, *, verification: bool
    ) -> dict[str, Any]:
        """What the browser needs to make a discoverable key, as JSON (`parseCreationOptionsFromJSON`)."""
        user = PublicKeyCredentialUserEntity(id=holder.handle, name=holder.email, display_name=holder.name)
        options, _ = self._server.register_begin(
            user,
            [_descriptor(identifier) for identifier in existing],
            ResidentKeyRequirement.REQUIRED,
            _verification(verification),
            challenge=challenge,
        )
        found: dict[str, Any] = json.loads(json.dumps(dict(options.public_key)))
        return {**found, "attestation": "none"}

    def sign_in_options(
        self, challenge: bytes, *, verification: bool, allowed: tuple[bytes, ...] = ()
    ) -> dict[str, Any]:
        """What the browser needs to sign in, as JSON. Without `allowed` any key of this site may answer."""
        options, _ = self._server.authenticate_begin(
            [_descriptor(identifier) for identifier in allowed] or None,
            _verification(verification),
            challenge=challenge,
        )
        found: dict[str, Any] = json.loads(json.dumps(dict(options.public_key)))
        return found

    def register(self, challenge: bytes, answer: Mapping[str, Any], *, verification: bool) -> Registered:
        """The new key of a registration. Raises PasskeyRefusedError: whatever of the ceremony does not hold."""
        try:
            response = RegistrationResponse.from_dict(answer)
            _at_home(bytes(response.response.client_data))
            made = self._server.register_complete(_state(challenge, verification), response)
            credential = made.credential_data
            if credential is None or credential.public_key.ALGORITHM is None:
                raise ValueError("no usable public key")
            if response.raw_id != credential.credential_id:
                raise ValueError("the identifier is another one than the authenticator's")
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise PasskeyRefusedError(f"The passkey was not registered: {error}", where="registration") from error
        if not 1 <= len(credential.credential_id) <= LONGEST_IDENTIFIER:
            raise PasskeyRefusedError("The passkey's identifier is too long.", where="registration")
        return Registered(
            credential_id=bytes(credential.credential_id),
            public_key=cbor.encode(dict(credential.public_key)),
            sign_count=made.counter,
            user_verified=made.is_user_verified(),
            backed_up=made.is_backed_up(),
        )

    def check(
        self, challenge: bytes, answer: Mapping[str, Any], *, credential_id: bytes, public_key: bytes
    ) -> Asserted:
        """What an assertion said, its signature verified. Raises PasskeyRefusedError.

        Whether that is enough is `decide`'s to say: user verification, counter and holder are not looked at here.
        """
        cose = CoseKey.parse(cast(Mapping[int, Any], cbor.decode(public_key)))
        key = AttestedCredentialData.create(Aaguid.NONE, credential_id, cose)
        try:
            response = AuthenticationResponse.from_dict(answer)
            _at_home(bytes(response.response.client_data))
            self._server.authenticate_complete(_state(challenge, False), [key], response)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise PasskeyRefusedError(f"The passkey was not accepted: {error}", where="sign-in") from error
        said = response.response.authenticator_data
        return Asserted(response.response.user_handle, said.counter, said.is_user_verified(), said.is_backed_up())

    def assess(
        self, key: StoredPasskey, challenge: bytes, answer: Mapping[str, Any], now: datetime, *, verification: bool
    ) -> tuple[PasskeyState, Decision, Facts]:
        """`check` and `decide` in one: whether this answer proves that the key's holder is here."""
        try:
            said = self.check(challenge, answer, credential_id=key.credential_id, public_key=key.public_key)
        except PasskeyRefusedError:
            return key.state, Decision.INVALID, Facts(False)
        return decide(key.state, said, now, verification=verification)


def identifier_of(answer: Mapping[str, Any]) -> bytes:
    """The credential identifier that an answer names. Raises PasskeyRefusedError."""
    try:
        found = AuthenticationResponse.from_dict(answer).raw_id
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise PasskeyRefusedError("The answer is no assertion.", where="sign-in") from error
    return bytes(found)


def challenge_of(answer: Mapping[str, Any]) -> bytes:
    """The challenge that an answer claims to answer, to look up whether we gave it. Raises PasskeyRefusedError."""
    try:
        kind = RegistrationResponse if "attestationObject" in answer["response"] else AuthenticationResponse
        client = kind.from_dict(answer).response.client_data
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise PasskeyRefusedError("The answer names no challenge.", where="passkey") from error
    return bytes(client.challenge)


def _at_home(client_data: bytes) -> None:
    """Refuses a ceremony in a frame of another site: our pages are never framed, so it is not ours.

    WebAuthn Level 3, 7.1 steps 10-12 and 7.2 steps 13-15, leave this to the relying party.
    """
    said = json.loads(client_data)
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise ValueError("the ceremony took place inside another site's page")


def _state(challenge: bytes, verification: bool) -> Any:
    return Fido2Server._make_internal_state(challenge, _verification(verification))


def _verification(needed: bool) -> UserVerificationRequirement:
    return UserVerificationRequirement.REQUIRED if needed else UserVerificationRequirement.PREFERRED


def _descriptor(identifier: bytes) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=identifier)
