"""The certificates that verify apps' JWT bearer assertions, as metadata shows them: PEM."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from console.simulator.dice import number_from
from console.simulator.org.story import SimApp

_LIFE = timedelta(days=730)
_KEY_BITS = 2048


class AppCertificates:
    """Makes each app's certificate when it is first asked for.

    ``public_keys`` are the real ones, by consumer key; an app that is not among them gets a key
    that nobody has. ``opened`` is the org's day from which the days left count. The certificates
    are signed by a key that is forgotten, as they are only ever looked at.
    """

    def __init__(self, public_keys: Mapping[str, rsa.RSAPublicKey], opened: datetime) -> None:
        self._public_keys = public_keys
        self._opened = opened
        self.pem_of = lru_cache(maxsize=256)(self._make)

    def _make(self, app: SimApp) -> str | None:
        """The certificate of ``app``; None for one whose flow needs none."""
        if app.flow != "jwt_bearer":
            return None
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, app.developer_name)])
        until = self._opened + timedelta(days=app.details.certificate_days_left)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self._public_keys.get(app.consumer_key) or _nobodys_key())
            .serial_number(number_from("certificate", app.consumer_key) or 1)
            .not_valid_before(until - _LIFE)
            .not_valid_after(until)
            .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode()


@lru_cache(maxsize=1)
def _nobodys_key() -> rsa.RSAPublicKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS).public_key()
