"""RFC 3161 timestamps: what an outside authority says about when a checkpoint existed.

A token covers the bytes of the signed checkpoint. Parts of a token are not under the authority's signature,
so we sign the stored response too (`SIZE.tsr.note`): no byte of it can change unseen, with or without the
root at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trustcenter.errors import ConfigurationError, TamperedError, TrustCenterError
from trustcenter.ledger import layout
from trustcenter.ledger.files import make_folder, write_durably
from trustcenter.ledger.keys import Signer
from trustcenter.ledger.reading import Head
from trustcenter.proof import canonical

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

Authority = Callable[[bytes], bytes]
"""A timestamp authority: request in DER in, response in DER out (RFC 3161 2.4). Raises TrustCenterError."""

_LONGEST_RESPONSE = 1_000_000


def http_authority(url: str, *, timeout: float = 20.0) -> Authority:
    """An authority reached by HTTP POST (RFC 3161 3.4); the time-out is in seconds."""
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"not an http address of a timestamp authority: {url!r}")

    def ask(query: bytes) -> bytes:
        import urllib.request

        headers = {"Content-Type": "application/timestamp-query"}
        request = urllib.request.Request(url, data=query, headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
                data: bytes = response.read(_LONGEST_RESPONSE + 1)
        except OSError as error:
            raise TrustCenterError(f"the timestamp authority did not answer: {error}") from error
        if len(data) > _LONGEST_RESPONSE:
            raise TrustCenterError("the timestamp authority's answer is too long")
        return data

    return ask


def obtain(root: Path, head: Head, authority: Authority, signer: Signer) -> None:
    """Ask for a token over a checkpoint and store it.

    Raises TrustCenterError when none that fits is given.
    """
    import rfc3161_client as tsp

    query = tsp.TimestampRequestBuilder().data(head.data).hash_algorithm(tsp.HashAlgorithm.SHA256).build()
    answer = authority(query.as_bytes())
    _check_imprint(answer, head, layout.history(head.size, "tsr"))
    # The signature comes first: a crash in between leaves a signature without a token, never the reverse.
    make_folder(root / "log/checkpoints")
    sealed = signer.sign_note(seal_text(head, answer)).to_bytes()
    write_durably(root / layout.history(head.size, "tsr.note"), sealed)
    write_durably(root / layout.history(head.size, "tsr"), answer)


def seal_text(head: Head, answer: bytes) -> str:
    """The text by which we sign a stored response."""
    return f"{head.checkpoint.origin}\ntimestamp {head.size}\n{canonical.digest(answer)}\n"


def verify(answer: bytes, head: Head, roots: Sequence[bytes], *, where: str | None = None) -> datetime:
    """The time at which an authority under one of the roots (PEM certificates) saw the checkpoint.

    Offline; the certificates have to be valid at that time (RFC 3161 2.2). Raises TamperedError.
    """
    import rfc3161_client as tsp
    from cryptography import x509

    response = _check_imprint(answer, head, where)
    builder = tsp.VerifierBuilder()
    for pem in roots:
        for certificate in x509.load_pem_x509_certificates(pem):
            builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(response, head.data)
    except tsp.VerificationError as error:
        raise TamperedError(f"the timestamp is not by the authority: {error}", where=where) from error
    return response.tst_info.gen_time


def _check_imprint(answer: bytes, head: Head, where: str | None) -> TimeStampResponse:
    import rfc3161_client as tsp

    try:
        response = tsp.decode_timestamp_response(answer)
        imprint = response.tst_info.message_imprint
        granted = tsp.PKIStatus(response.status) == tsp.PKIStatus.GRANTED
    except ValueError as error:
        raise TamperedError(f"not a timestamp response: {error}", where=where) from error
    if not granted:
        raise TamperedError("the authority did not grant the timestamp", where=where)
    if "sha256:" + imprint.message.hex() != canonical.digest(head.data):
        raise TamperedError("the timestamp is not over this checkpoint", where=where)
    return response
