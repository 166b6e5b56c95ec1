"""The org's own signature: JWT-based access tokens, ID tokens, and the key that verifies them."""

import base64
from collections.abc import Mapping
from functools import cached_property

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

_KEY_BITS = 2048
_KEY_ID = "242"


class TokenSigner:
    """Signs with RS256. The key is made when the first signature or key set is asked for."""

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)

    def sign(self, claims: Mapping[str, object], header: Mapping[str, str]) -> str:
        """A compact JWT with those claims; ``kid`` names the key in `key_set`."""
        headers = {"kid": _KEY_ID, **header}
        return jwt.encode(dict(claims), self._key, algorithm="RS256", headers=headers)

    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """The public key as a JSON Web Key Set (RFC 7517)."""
        numbers = self._key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": _KEY_ID,
            "n": _base64url(numbers.n),
            "e": _base64url(numbers.e),
        }
        return {"keys": [key]}


def _base64url(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
