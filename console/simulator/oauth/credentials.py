"""The key pair with which a client logs in to the simulated org's own External Client App."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

KEY_FILE = "orgwatch.key"
CERTIFICATE_FILE = "orgwatch.crt"

_KEY_BITS = 2048
_CERTIFICATE_LIFE = timedelta(days=365)
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Credentials:
    """A private key, the certificate uploaded to the app, and the key the org verifies with."""

    private_key_file: Path
    """PEM, readable by its owner alone."""
    certificate_file: Path
    certificate: x509.Certificate
    public_key: rsa.RSAPublicKey


def make_credentials(directory: Path, now: datetime) -> Credentials:
    """A new RSA key and a self-signed certificate for it, written into ``directory``.

    ``now`` is the org's time; the certificate is valid from a day before it for a year. Files of
    the same names are replaced.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    certificate = _self_signed(key, now)
    key_file = directory / KEY_FILE
    certificate_file = directory / CERTIFICATE_FILE
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_private(key_file, pem)
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Credentials(key_file, certificate_file, certificate, key.public_key())


def write_private(file: Path, content: bytes) -> None:
    """Write ``file`` so that nobody but its owner can read it at any moment."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def _self_signed(key: rsa.RSAPrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "orgwatch simulated org")])
    start = now - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _CERTIFICATE_LIFE)
        .sign(key, hashes.SHA256())
    )
