"""What the portal makes for itself at first run: a local authority, a certificate, a signing key."""

from __future__ import annotations

from datetime import datetime

from trustcenter.portal.state import StateDirectory, write_private
from trustcenter.proof.keys import PrivateKey
from trustcenter.runtime import tls


def make_tls(state: StateDirectory, host: str, now: datetime) -> None:
    """The authority once; the certificate when missing or within 30 days of its end. Keys are of mode 0600."""
    authority = (state.tls / "authority.pem", state.tls / "authority.key")
    certificate = (state.tls / "portal.pem", state.tls / "portal.key")
    if not authority[1].exists():
        made = tls.make_authority("Portal local authority", now)
        write_private(authority[1], made.key.decode("ascii"))
        write_private(authority[0], made.certificate.decode("ascii"))
        authority[0].chmod(0o644)
    if not certificate[0].exists() or tls.renew_due(certificate[0].read_bytes(), now):
        issuer = tls.Issued(authority[0].read_bytes(), authority[1].read_bytes())
        made = tls.make_certificate(issuer, tuple(dict.fromkeys((host, "127.0.0.1", "localhost"))), now)
        write_private(certificate[1], made.key.decode("ascii"))
        write_private(certificate[0], made.certificate.decode("ascii"))
    (state.tls / "openssl.cnf").write_text(tls.OPENSSL_CONFIGURATION, encoding="utf-8")


def make_signing_key(state: StateDirectory, name: str) -> None:
    """An Ed25519 key, `posture` (posture documents) or `audit` (heads of audit logs), and its public half in PEM."""
    path = state.keys / f"{name}.key"
    if not path.exists():
        write_private(path, PrivateKey.generate().pem.decode("ascii"))
    key = PrivateKey.from_pem(path.read_bytes(), where=str(path))
    write_private(state.keys / f"{name}.pem", key.public.pem)
