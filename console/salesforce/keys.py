"""The private key."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.secrets import Secret
from console.settings import OrgSettings


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """An RSA private key, ready to sign with."""

    pem: Secret
    source: str
    bits: int


def load_private_key(
    settings: OrgSettings, environment: Mapping[str, str] | None = None
) -> PrivateKey:
    """The key of ``settings``; `ConfigurationError` when there is none that can be used."""
    raise NotImplementedError
