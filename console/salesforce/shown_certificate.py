"""Which certificate a host showed, for the sentences about one that is not trusted.

Python says only why a certificate was refused, so the host is asked once more for it: a TLS
handshake in which nothing is sent. Through a proxy that is not possible, and the sentences stay
as they are.
"""

import asyncio
import ssl
from contextlib import suppress

import httpx
from cryptography import x509

from console.errors import OrgError, OrgUnreachable

_DEADLINE_S = 3.0
_SHOWN_CHARACTERS = 200


async def with_shown_certificate(fault: OrgError, address: str) -> OrgError:
    """``fault`` with the subject, issuer and dates of the certificate that ``address`` showed.

    Any other fault than one about a certificate is given back as it is.
    """
    if not isinstance(fault, OrgUnreachable) or fault.code != "certificate":
        return fault
    shown: bytes | None = None
    with suppress(OSError, TimeoutError, ValueError):
        async with asyncio.timeout(_DEADLINE_S):
            shown = await _shown(httpx.URL(address))
    words = _described(shown) if shown else ""
    if not words:
        return fault
    return OrgUnreachable(
        fault.title,
        f"{fault.meaning} It is {words}.",
        fault.next_step,
        fault.detail,
        code=fault.code,
    )


async def _shown(url: httpx.URL) -> bytes | None:
    """The host's own certificate, unchecked: it is described and never trusted."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _, writer = await asyncio.open_connection(
        url.host, url.port or 443, ssl=context, server_hostname=url.host
    )
    try:
        connection: ssl.SSLObject = writer.get_extra_info("ssl_object")
        return connection.getpeercert(binary_form=True)
    finally:
        writer.transport.abort()


def _described(der: bytes) -> str:
    try:
        certificate = x509.load_der_x509_certificate(der)
        subject = certificate.subject.rfc4514_string()
        issuer = certificate.issuer.rfc4514_string()
        until = certificate.not_valid_after_utc
    except ValueError:
        return ""
    return (
        f"for {subject[:_SHOWN_CHARACTERS] or 'nobody'}, "
        f"issued by {issuer[:_SHOWN_CHARACTERS] or 'nobody'}, valid until {until:%Y-%m-%d}"
    )
