"""A log entry: the canonical body of a Rekor `dsse` v0.0.2 entry for one envelope.

It binds the payload's hash, each signature and the key that verifies it, so that verifiers of others read
it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import canonical
from trustcenter.proof.dsse import Envelope
from trustcenter.proof.keys import PublicKey


@dataclass(frozen=True)
class Entry:
    """What the log says of one statement: digest of its payload, and who signed it with what."""

    statement: str
    signatures: tuple[tuple[PublicKey, bytes], ...]


def encode(envelope: Envelope, keys: Sequence[PublicKey]) -> bytes:
    """Leaf data for an envelope. Raises TamperedError when a signature is by none of the keys or is false."""
    known = {key.key_id: key for key in keys}
    for each in envelope.signatures:
        if each.keyid not in known:
            raise TamperedError(f"the envelope is signed by an unknown key {each.keyid[:16]!r}")
    signers = [known[each.keyid] for each in envelope.signatures]
    envelope.verify(signers)
    return body(envelope, signers)


def body(envelope: Envelope, signers: Sequence[PublicKey]) -> bytes:
    """Leaf data for an envelope and the keys of its signatures in their order.

    No signature is verified here.
    """
    return canonical.dumps(
        {
            "apiVersion": "0.0.2",
            "kind": "dsse",
            "spec": {
                "dsseV002": {
                    "payloadHash": {
                        "algorithm": "SHA2_256",
                        "digest": canonical.encode_base64(bytes.fromhex(canonical.digest_hex(envelope.digest))),
                    },
                    "signatures": [
                        {
                            "content": canonical.encode_base64(each.sig),
                            "verifier": {
                                "keyDetails": "PKIX_ED25519",
                                "publicKey": {"rawBytes": canonical.encode_base64(signer.der)},
                            },
                        }
                        for each, signer in zip(envelope.signatures, signers, strict=True)
                    ],
                }
            },
        }
    )


def decode(data: bytes, *, where: str | None = None) -> Entry:
    """The entry that leaf data holds. Raises TamperedError when it holds none."""
    value = canonical.loads(data, where=where)
    try:
        body = value["spec"]["dsseV002"]
        if (value["kind"], value["apiVersion"]) != ("dsse", "0.0.2"):
            raise TamperedError("not a dsse 0.0.2 entry", where=where)
        payload = canonical.decode_base64(body["payloadHash"]["digest"], where=where)
        signatures = tuple(
            (
                PublicKey.from_der(canonical.decode_base64(each["verifier"]["publicKey"]["rawBytes"], where=where)),
                canonical.decode_base64(each["content"], where=where),
            )
            for each in body["signatures"]
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise TamperedError("not a dsse 0.0.2 entry", where=where) from error
    except TamperedError:
        raise
    except TrustCenterError as error:
        raise TamperedError(error.what, where=where) from error
    if len(payload) != 32 or not signatures:
        raise TamperedError("the entry names no payload or no signature", where=where)
    return Entry("sha256:" + payload.hex(), signatures)
