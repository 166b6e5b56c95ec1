"""The certificate that was uploaded to the app: how long it lasts, and whose key it certifies.

The login itself does not need the file: it is read so that its end is told before the org
begins to refuse the signature.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from console.errors import ConfigurationError
from console.salesforce.keys import PrivateKey, fingerprint_of

WARN_BEFORE_END = timedelta(days=30)
"""How long before its end a certificate is worth a warning: time to have a new one approved."""

_MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate file says, and whether it belongs to the key that signs."""

    file: Path
    not_before: datetime
    not_after: datetime
    matches_key: bool

    def days_left(self, now: datetime) -> float:
        """Days until its end; negative after it."""
        return (self.not_after - now) / timedelta(days=1)


def read_certificate(path: Path, key: PrivateKey) -> CertificateFacts:
    """The facts of the PEM or DER certificate in ``path``.

    Raises `ConfigurationError` when the file cannot be read or holds no certificate.
    """
    try:
        with path.expanduser().open("rb") as file:
            content = file.read(_MAX_BYTES)
    except OSError as error:
        raise ConfigurationError(
            "The certificate file cannot be read",
            f"{path} is named by certificate_file, and opening it failed.",
            "Correct the setting, or leave it out: the login does not need it.",
            error.strerror or type(error).__name__,
        ) from None
    certificate = _parsed(content)
    if certificate is None:
        raise ConfigurationError(
            "The certificate file holds no certificate",
            f"{path}, named by certificate_file, is not an X.509 certificate in PEM or DER form.",
            "Name the file that was uploaded to the app; it begins with BEGIN CERTIFICATE.",
        )
    public_key = certificate.public_key()
    return CertificateFacts(
        path,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        isinstance(public_key, RSAPublicKey) and fingerprint_of(public_key) == key.fingerprint,
    )


def certificate_warning(facts: CertificateFacts, now: datetime) -> str | None:
    """The sentences of what a person should do about the certificate; None when nothing."""
    days = facts.days_left(now)
    if not facts.matches_key:
        return (
            f"The certificate {facts.file} does not belong to the private key\n"
            "  The org verifies logins with the certificate that was uploaded to the app.\n"
            "  What to do: name the pair that belongs together in the settings."
        )
    if days < 0:
        return (
            f"The certificate {facts.file} ended {-days:,.0f} days ago\n"
            "  The org may refuse the login at any time.\n"
            "  What to do: make a new pair, upload its certificate to the app, and name the key "
            "as private_key_file_next until the change is done."
        )
    if now < facts.not_before:
        return (
            f"The certificate {facts.file} is not valid yet\n"
            f"  It begins at {facts.not_before:%Y-%m-%d %H:%M} UTC.\n"
            "  What to do: check this machine's date, or wait."
        )
    if days < WARN_BEFORE_END / timedelta(days=1):
        return (
            f"The certificate {facts.file} ends in {days:,.0f} days\n"
            "  From then on the org refuses the login.\n"
            "  What to do: make a new pair, upload its certificate to the app, and name the key "
            "as private_key_file_next until the change is done."
        )
    return None


def _parsed(content: bytes) -> x509.Certificate | None:
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificate(content)
        return x509.load_der_x509_certificate(content)
    except (ValueError, UnsupportedAlgorithm):
        return None
