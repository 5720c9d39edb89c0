"""What the portal makes for itself at first run: a local authority, a certificate, a signing key."""

from __future__ import annotations

from datetime import datetime

from trustcenter.portal.sample_companies import PAGES
from trustcenter.portal.state import StateDirectory, write_private
from trustcenter.proof.keys import PrivateKey
from trustcenter.runtime import tls


def make_tls(state: StateDirectory, host: str, now: datetime) -> None:
    """The authority once; a certificate, ours or the sample companies', when missing or within 30 days of its end.

    Keys are of mode 0600.
    """
    authority = (state.tls / "authority.pem", state.tls / "authority.key")
    if not authority[1].exists():
        made = tls.make_authority("Portal local authority", now)
        write_private(authority[1], made.key.decode("ascii"))
        write_private(authority[0], made.certificate.decode("ascii"))
        authority[0].chmod(0o644)
    issuer = tls.Issued(authority[0].read_bytes(), authority[1].read_bytes())
    for name, hosts in (("portal", (host, "127.0.0.1", "localhost")), ("companies", tuple(PAGES))):
        certificate = state.tls / f"{name}.pem"
        if not certificate.exists() or tls.renew_due(certificate.read_bytes(), now):
            made = tls.make_certificate(issuer, tuple(dict.fromkeys(hosts)), now)
            write_private(state.tls / f"{name}.key", made.key.decode("ascii"))
            write_private(certificate, made.certificate.decode("ascii"))
    (state.tls / "openssl.cnf").write_text(tls.OPENSSL_CONFIGURATION, encoding="utf-8")


def make_signing_key(state: StateDirectory, name: str) -> None:
    """An Ed25519 key, `posture` (posture documents) or `audit` (heads of audit logs), and its public half in PEM."""
    path = state.keys / f"{name}.key"
    if not path.exists():
        write_private(path, PrivateKey.generate().pem.decode("ascii"))
    key = PrivateKey.from_pem(path.read_bytes(), where=str(path))
    write_private(state.keys / f"{name}.pem", key.public.pem)
