"""Why no answer came, in words: name, network, proxy, TLS or time.

httpx keeps the request, and with it the secrets that it carried, in its exceptions; so only the
cause is taken from them and they are never chained.
"""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from console.errors import OrgUnreachable

_MAX_CAUSES = 20
_CERTIFICATE_NOT_YET_VALID = 9
_CERTIFICATE_EXPIRED = 10
_CERTIFICATE_WRONG_HOST = (62, 64)
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


def unreachable(error: BaseException, address: str) -> OrgUnreachable:
    """The sentences for ``error``, which ended a request to ``address`` (scheme and host)."""
    if isinstance(error, httpx.ProxyError):
        return _proxy_failed(address, str(error))
    if isinstance(error, (httpx.TimeoutException, TimeoutError)):
        return _timed_out(error, address)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _not_trusted(cause, address)
        if isinstance(cause, ssl.SSLError):
            return OrgUnreachable(
                "No secure connection could be agreed",
                f"{address} answered, but not with TLS that this machine can use.",
                "Check that the address and port are right and that nothing between here and "
                "there (a proxy, a firewall) breaks TLS.",
                cause.reason or type(cause).__name__,
            )
        if isinstance(cause, socket.gaierror):
            return _name_not_found(cause, address)
        if isinstance(cause, ConnectionRefusedError):
            return OrgUnreachable(
                "The connection was refused",
                f"Nothing listens at {address}.",
                "Check instance_url and login_url; for a simulated org, check that it still runs.",
                retryable=True,
            )
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return OrgUnreachable(
                "There is no way to the network",
                f"This machine has no route to {address}.",
                "Check the network connection or VPN of this machine.",
                cause.strerror or "",
                retryable=True,
            )
    return OrgUnreachable(
        "The connection broke off",
        f"{address} closed the connection before the answer was complete.",
        "Nothing is to be done when this passes; if it stays, check proxy and firewall.",
        type(error).__name__,
        retryable=True,
    )


def proxy_wants_login(address: str) -> OrgUnreachable:
    """The sentences for a proxy's answer 407."""
    return OrgUnreachable(
        "The proxy wants a login",
        f"Requests to {address} go through a proxy, which answered 407 and let nothing pass.",
        "Put user and password into HTTPS_PROXY (http://user:password@proxy:port), or list the "
        "host in NO_PROXY.",
        code="407",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """``error`` and everything beneath it, nearest first."""
    waiting: list[BaseException | None] = [error]
    for _ in range(_MAX_CAUSES):
        if not waiting:
            return
        current = waiting.pop(0)
        if current is None:
            continue
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions


def _proxy_failed(address: str, words: str) -> OrgUnreachable:
    if "407" in words:
        return proxy_wants_login(address)
    return OrgUnreachable(
        "The proxy did not let the request pass",
        f"Requests to {address} go through a proxy, and it refused.",
        "Check HTTPS_PROXY and NO_PROXY, or ask who runs the proxy to allow this host.",
        words,
        retryable=True,
    )


def _timed_out(error: BaseException, address: str) -> OrgUnreachable:
    if isinstance(error, httpx.ConnectTimeout):
        meaning = f"{address} did not accept a connection in time."
    elif isinstance(error, httpx.PoolTimeout):
        meaning = f"Every connection to {address} was busy for too long."
    else:
        meaning = f"{address} took the request but did not finish answering in time."
    return OrgUnreachable(
        "The org did not answer in time",
        meaning,
        "Nothing is to be done when this passes; if it stays, check proxy and firewall, and "
        "the org's status on status.salesforce.com.",
        type(error).__name__,
        retryable=True,
        code="timeout",
    )


def _not_trusted(error: ssl.SSLCertVerificationError, address: str) -> OrgUnreachable:
    if error.verify_code == _CERTIFICATE_EXPIRED:
        why, step = "it has expired", "Check this machine's date; else the host must renew it."
    elif error.verify_code == _CERTIFICATE_NOT_YET_VALID:
        why, step = "it is not valid yet", "Check this machine's date and time."
    elif error.verify_code in _CERTIFICATE_WRONG_HOST:
        why, step = "it belongs to another name", "Check the host in instance_url and login_url."
    else:
        why = "this machine does not know who issued it"
        step = (
            "If your network inspects TLS, or the host has a private certificate, set "
            "SSL_CERT_FILE to a file with the issuer's certificate."
        )
    return OrgUnreachable(
        "The certificate of the host is not trusted",
        f"{address} showed a certificate, and {why}. Nothing was sent.",
        step,
        error.verify_message,
        code="certificate",
    )


def _name_not_found(error: socket.gaierror, address: str) -> OrgUnreachable:
    return OrgUnreachable(
        "The name of the host was not found",
        f"No address is known for {address}.",
        "Check the spelling of instance_url and login_url (My Domain in Setup shows the right "
        "one; it changes when My Domain is renamed), then this machine's DNS.",
        error.strerror or "",
        retryable=error.errno == socket.EAI_AGAIN,
        code="name",
    )
