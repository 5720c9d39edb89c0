"""Alder's passkeys: what it asks of an answer, each demand to be switched off."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fido2 import cbor
from fido2.cose import CoseKey
from fido2.webauthn import AuthenticatorData
from soft_authenticator import b64url, unb64url

from trustcenter.portal.software_passkey import SoftwarePasskey

SITE, ORIGIN = "alder.example", "https://alder.example"
KEY_FLAWS = {
    "any_origin": "an answer made on another site is taken",
    "any_site": "a key of another site is taken",
    "any_challenge": "an answer to no challenge is taken",
    "unverified": "the user need not be verified",
    "framed": "an answer from inside another page is taken",
    "any_ceremony": "an answer of another ceremony is taken",
    "answer_again": "challenges are neither used up nor of one browser",
    "counter_back": "a counter may go back",
    "revoked_key_opens": "a revoked key opens",
    "key_twice": "one registration makes two keys",
    "key_useless": "a registered key opens nothing",
}


@dataclass
class Key:
    person: Any
    public: CoseKey
    name: str
    count: int = 0
    live: bool = True


@dataclass
class Keys:
    """Keys by credential identifier, and the challenges that wait for an answer, each with its browser."""

    flaws: frozenset[str]
    known: dict[str, Key] = field(default_factory=dict)
    copies: list[Key] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)

    def seed(self, key: SoftwarePasskey, person: Any) -> None:
        self.known[b64url(key.identifier)] = Key(person, CoseKey.parse(cbor.decode(key.public_key)), "seeded")

    def challenge(self, browser: str) -> str:
        made = b64url(secrets.token_bytes(32))
        self.given[made] = browser
        return made

    def checked(self, credential: Mapping[str, Any], kind: str, browser: str) -> AuthenticatorData | None:
        """The authenticator's data where everything holds that must; None where something does not."""
        parts = {name: unb64url(text) for name, text in credential["response"].items()}
        said = json.loads(parts["clientDataJSON"])
        whole = kind == "create"
        data = AuthenticatorData(
            cbor.decode(parts["attestationObject"])["authData"] if whole else parts["authenticatorData"]
        )
        again = "answer_again" in self.flaws
        challenge = str(said["challenge"])
        waits = challenge in self.given and (again or self.given[challenge] == browser)
        if not again:
            self.given.pop(challenge, None)
        wrong = {
            "any_origin": said["origin"] != ORIGIN,
            "any_site": data.rp_id_hash != hashlib.sha256(SITE.encode()).digest(),
            "any_challenge": not waits,
            "unverified": not data.is_user_verified(),
            "framed": bool(said.get("crossOrigin")) or "topOrigin" in said,
            "any_ceremony": said["type"] != f"webauthn.{kind}",
        }
        if any(bad and flaw not in self.flaws for flaw, bad in wrong.items()):
            return None
        if not whole:
            message = parts["authenticatorData"] + hashlib.sha256(parts["clientDataJSON"]).digest()
            self.known[credential["id"]].public.verify(message, parts["signature"])
        return data

    def register(self, credential: Mapping[str, Any], name: str, person: Any, browser: str) -> bool:
        data = self.checked(credential, "create", browser)
        twice = "key_twice" in self.flaws
        if data is None or data.credential_data is None:
            if twice and credential["id"] in self.known:
                self.copies.append(self.known[credential["id"]])
            return False
        count = 10**6 if "key_useless" in self.flaws else 0
        self.known[credential["id"]] = Key(person, data.credential_data.public_key, name, count)
        return True

    def opens(self, credential: Mapping[str, Any], browser: str) -> Any:
        """Whose key it is, where it opens; None where it does not."""
        key = self.known.get(credential["id"])
        if key is None or not (key.live or "revoked_key_opens" in self.flaws):
            return None
        data = self.checked(credential, "get", browser)
        if data is None:
            return None
        if data.counter <= key.count and (data.counter or key.count) and "counter_back" not in self.flaws:
            return None
        key.count = data.counter
        return key.person
