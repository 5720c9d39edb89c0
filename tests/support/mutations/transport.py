"""Mutants of TLS: a proxy whose own handshakes are worse than the portal's."""

from __future__ import annotations

import ssl
import subprocess
from contextlib import ExitStack
from urllib.parse import urlsplit

from cryptography import x509

from mutations.mutant import Broken, Change, Scene, mutant
from mutations.proxy import Changes, proxy
from mutations.world import World

TRANSIT = "data.encryption-in-transit"
CERTIFICATE = "platform.certificates/certificate"
OLD = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"
"""What older versions need is a weak suite at TLS 1.2."""
OLD_ACCEPTED = f"{TRANSIT}/old {TRANSIT}/modern {CERTIFICATE}"
"""No certificate is shown to verify in a handshake that should not have taken place."""


def terminated(**changes: object) -> Change:
    """TLS ends in a proxy with these changes."""

    def change(world: World, stack: ExitStack) -> Scene:
        made = Changes(**changes)  # type: ignore[arg-type]
        return world.with_environment(
            PORTAL_URL=stack.enter_context(proxy(world.portal.url, world.portal.state.tls, made))
        )

    return change


def openssl_agrees(*options: str) -> Broken:
    """Whether OpenSSL's own client ends the handshake that these options ask for."""

    def broken(scene: Scene) -> bool:
        command = ["openssl", "s_client", "-connect", urlsplit(scene.environment["PORTAL_URL"]).netloc, *options]
        done = subprocess.run(command, input=b"", capture_output=True, timeout=20, check=False)
        return b"-----BEGIN CERTIFICATE-----" in done.stdout and b"Cipher is (NONE)" not in done.stdout

    return broken


def modern_refused(scene: Scene) -> bool:
    """Whether a handshake at TLS 1.3 fails while one at TLS 1.2 succeeds."""
    return not openssl_agrees("-tls1_3")(scene) and openssl_agrees("-tls1_2")(scene)


def _shown(scene: Scene) -> x509.Certificate:
    address = urlsplit(scene.environment["PORTAL_URL"])
    return x509.load_pem_x509_certificate(ssl.get_server_certificate((address.hostname, address.port)).encode())


def ends_soon(scene: Scene) -> bool:
    """Whether the certificate ends within three weeks."""
    import datetime

    return _shown(scene).not_valid_after_utc < datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=21)


def signed_by_nobody(scene: Scene) -> bool:
    """Whether OpenSSL does not trust the certificate, given the authority that it should be from."""
    address = urlsplit(scene.environment["PORTAL_URL"]).netloc
    command = ["openssl", "s_client", "-connect", address, "-CAfile", scene.environment["PORTAL_CA"]]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=20, check=False)
    return b"Verify return code: 0" not in done.stdout


MUTANTS = (
    mutant(
        "tls-1-1", "TLS 1.1 is accepted",
        OLD_ACCEPTED, "tls_endpoint", terminated(lowest=ssl.TLSVersion.TLSv1_1, ciphers=OLD),
        openssl_agrees("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
    ),
    mutant(
        "tls-1-0", "TLS 1.0 is accepted",
        OLD_ACCEPTED, "tls_endpoint", terminated(lowest=ssl.TLSVersion.TLSv1, ciphers=OLD),
        openssl_agrees("-tls1", "-cipher", "ALL:@SECLEVEL=0"),
    ),
    mutant(
        "weak-suite", "a suite without authenticated encryption is accepted at TLS 1.2",
        f"{TRANSIT}/modern", "tls_endpoint", terminated(ciphers=OLD),
        openssl_agrees("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"),
    ),
    mutant(
        "no-tls-1-3", "TLS 1.3 is not offered",
        f"{TRANSIT}/modern", "tls_endpoint", terminated(highest=ssl.TLSVersion.TLSv1_2), modern_refused,
    ),
    mutant(
        "certificate-ends", "the certificate ends in ten days",
        CERTIFICATE, "tls_endpoint", terminated(days=10), ends_soon,
    ),
    mutant(
        "certificate-of-nobody", "the certificate is signed by nobody that is trusted",
        CERTIFICATE, "tls_endpoint", terminated(own_authority=True), signed_by_nobody,
    ),
)  # fmt: skip
