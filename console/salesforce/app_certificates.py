"""Certificates that apps hold for their logins: only metadata shows them.

A JWT bearer login is signed with the key of the certificate in the app's own metadata (metadata API
guide: ConnectedApp, element oauthConfig; ExtlClntAppGlobalOauthSettings, element certificate).
"""

from collections.abc import Iterable

from cryptography import x509

from console.errors import OrgRefused, UnreadableAnswer
from console.salesforce.hidden import note_hidden
from console.salesforce.posture_types import AppCertificateFact
from console.salesforce.rest import RestClient
from console.salesforce.values import Record, child_of, text_of

MOST_APPS = 200
"""Apps of each kind whose metadata is read: twenty calls."""

_CONNECTED_APP = "ConnectedApp"
_ECA_SETTINGS = "ExtlClntAppGlobalOauthSettings"
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


async def read_app_certificates(
    client: RestClient, purpose: str, not_visible: dict[str, str]
) -> tuple[AppCertificateFact, ...]:
    """The certificate of every app that has one; why not goes into ``not_visible``."""
    connected = await _read(client, _CONNECTED_APP, purpose, not_visible)
    external = await _read(client, _ECA_SETTINGS, purpose, not_visible)
    found = [
        _fact(
            text_of(app, "label") or text_of(app, "fullName"),
            "connected_app",
            text_of(child_of(app, "oauthConfig"), "certificate"),
        )
        for app in connected
    ]
    found += [
        _fact(
            text_of(settings, "externalClientApplication"),
            "external_client_app",
            text_of(settings, "certificate"),
        )
        for settings in external
    ]
    return tuple(fact for fact in found if fact is not None)


async def _read(
    client: RestClient, metadata_type: str, purpose: str, not_visible: dict[str, str]
) -> Iterable[Record]:
    try:
        listed = await client.list_metadata(metadata_type, purpose=purpose)
        names = [name for one in listed if (name := text_of(one, "fullName")) is not None]
        if len(names) > MOST_APPS:
            not_visible[metadata_type] = f"only {MOST_APPS} of {len(names):,} were read"
        return await client.read_metadata(metadata_type, names[:MOST_APPS], purpose=purpose)
    except OrgRefused as refused:
        note_hidden(refused, metadata_type, not_visible)
    except UnreadableAnswer as odd:
        not_visible[metadata_type] = odd.title
    return ()


def _fact(app: str | None, kind: str, pem: str | None) -> AppCertificateFact | None:
    if app is None or pem is None:
        return None
    text = pem if _BEGIN in pem else f"{_BEGIN}\n{pem.strip()}\n{_END}"
    try:
        ends_at = x509.load_pem_x509_certificate(text.encode()).not_valid_after_utc
    except ValueError:
        return AppCertificateFact(app, kind, None)
    return AppCertificateFact(app, kind, ends_at)
