"""TLS versions that an endpoint really accepts or refuses, and the certificate that it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Handshake, Tls

Version = Literal["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
VERSIONS: tuple[Version, ...] = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


@dataclass(frozen=True, slots=True)
class TlsVersion:
    """One protocol version at one host. What is said of the certificate is absent where the version is refused."""

    host: Annotated[str, Key]
    version: Annotated[Version, Key]
    accepted: bool
    refusal: str | None
    """The server's alert."""
    cipher: str | None
    forward_secrecy: bool | None
    weak_suites: tuple[str, ...]
    """Accepted suites without forward secrecy, authenticated encryption or authentication; looked for at TLS 1.2."""
    certificate_verifies: bool | None
    """Chain and name, against the authority that the source names, else the machine's."""
    certificate_problem: str | None
    certificate_expires: datetime | None
    certificate_lifetime: timedelta | None
    key_type: str | None
    key_size: Annotated[int | None, unit("bit")]
    signature_hash: str | None

    @property
    def weak_suite_count(self) -> int:
        return len(self.weak_suites)


@collector(method="probe", kinds=("platform", "endpoint"))
def tls_endpoint(tls: Tls, run: Run) -> Population[TlsVersion]:
    """Handshakes at each TLS version: really accepted or refused by the server, suites, certificate.

    Every host of the source is asked: that of `url`, and those of `hosts`. One that cannot be reached raises
    CouldNotTell for all.
    """
    hosts = tls.hosts()
    facts = tuple(fact for host in hosts for fact in _facts(host))
    return Population(
        facts=facts,
        completeness=Completeness(
            "every version from SSL 3.0 to TLS 1.3 was tried at every host",
            len(VERSIONS) * len(hosts),
            len(facts),
            True,
        ),
        query="one ClientHello per host and protocol version; at TLS 1.2 one more per weak suite that was accepted",
        parameters={"versions": list(VERSIONS), "hosts": [host.host for host in hosts]},
        observed_at=run.now(),
        notes=(
            "SSL 3.0 to TLS 1.1 are asked with a hand-written ClientHello, because this machine's own library may "
            "refuse them itself. A refusal is an alert of the server's, or `closed`: it hangs up on this hello each "
            "time, in turns with another hello that it accepts.",
        ),
    )


def _facts(tls: Tls) -> list[TlsVersion]:
    facts = [_fact(tls, version) for version in VERSIONS]
    if not any(fact.accepted for fact in facts):
        raise CouldNotTell("contradicted", f"{tls.host} refuses every version of TLS: nothing speaks TLS there")
    return facts


def _fact(tls: Tls, version: Version) -> TlsVersion:
    library = version in ("TLSv1.2", "TLSv1.3")
    shaken = tls.handshake(version, verify=library)
    weak = tuple(tls.weak_suites()) if version == "TLSv1.2" and shaken.accepted else ()
    expires, lifetime, key_type, key_size, signature = _certificate(shaken)
    return TlsVersion(
        host=tls.host,
        version=version,
        accepted=shaken.accepted,
        refusal=shaken.refusal,
        cipher=shaken.cipher,
        forward_secrecy=_forward_secret(shaken),
        weak_suites=weak,
        certificate_verifies=shaken.verified if shaken.accepted else None,
        certificate_problem=shaken.problem if shaken.accepted else None,
        certificate_expires=expires,
        certificate_lifetime=lifetime,
        key_type=key_type,
        key_size=key_size,
        signature_hash=signature,
    )


def _forward_secret(shaken: Handshake) -> bool | None:
    """TLS 1.3 always is (RFC 8446 1.2); before, the suite's key exchange is ephemeral."""
    if not shaken.accepted or shaken.cipher is None:
        return None
    return shaken.version == "TLSv1.3" or shaken.cipher.startswith(("ECDHE-", "DHE-"))


def _certificate(
    shaken: Handshake,
) -> tuple[datetime | None, timedelta | None, str | None, int | None, str | None]:
    if shaken.certificate is None:
        return None, None, None, None, None
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        read = x509.load_der_x509_certificate(shaken.certificate)
        key = read.public_key()
        expires, begins = read.not_valid_after_utc, read.not_valid_before_utc
        signature = read.signature_hash_algorithm
    except ValueError as error:
        raise CouldNotTell("malformed", "the certificate cannot be read") from error
    size = key.key_size if isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) else None
    kind = {rsa.RSAPublicKey: "RSA", ec.EllipticCurvePublicKey: "EC"}
    name = next(
        (text for each, text in kind.items() if isinstance(key, each)), type(key).__name__.removesuffix("PublicKey")
    )
    return expires, expires - begins, name, size, signature.name if signature else None
