"""Which keys may sign the login: the first, and the next while keys are being replaced.

To replace a key without a gap: configure the new one as next, then upload its certificate to the
app. The first key is used until the org refuses its signature or its consumer key; then the next
is tried in the same moment and kept. When it is refused in the same way, the first is tried again.
Once the change is done, make the next key the first one in the settings.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from console.salesforce.keys import PrivateKey, load_next_private_key, load_private_key
from console.settings import OrgSettings

FIRST = "first"
NEXT = "next"


@dataclass(frozen=True, slots=True)
class Credential:
    """A key together with the consumer key of the app that knows its certificate."""

    name: str
    """``first`` or ``next``."""
    consumer_key: str
    key: PrivateKey


@dataclass(frozen=True, slots=True)
class LoginKeys:
    """The credentials in force."""

    first: Credential
    next: Credential | None = None

    def named(self, name: str | None) -> Credential:
        """The credential of that name; the first where it is not configured (any more)."""
        return self.next if name == NEXT and self.next is not None else self.first

    def other(self, than: Credential) -> Credential | None:
        """The other credential, where there are two."""
        return self.first if than.name == NEXT else self.next


def load_login_keys(
    settings: OrgSettings, environment: Mapping[str, str] | None = None
) -> LoginKeys:
    """The keys of ``settings``; raises `ConfigurationError` as `load_private_key` does."""
    key = load_private_key(settings, environment)
    next_key = load_next_private_key(settings, environment)
    first = Credential(FIRST, settings.consumer_key, key)
    if next_key is None and settings.consumer_key_next is None:
        return LoginKeys(first)
    consumer_key = settings.consumer_key_next or settings.consumer_key
    return LoginKeys(first, Credential(NEXT, consumer_key, next_key or key))


def login_fingerprint(settings: OrgSettings, keys: LoginKeys) -> str:
    """Tells one login configuration from another, so that a corrected one is tried at once.

    A hash over addresses, names and public keys: nothing of it can be read back.
    """
    parts = [
        settings.login_url,
        settings.audience,
        settings.username,
        str(settings.session_timeout_minutes),
        keys.first.consumer_key,
        keys.first.key.fingerprint,
    ]
    if keys.next is not None:
        parts += [keys.next.consumer_key, keys.next.key.fingerprint]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
