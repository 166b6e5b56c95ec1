"""The HTTP client of one org: pooled, HTTP/1.1, gzip, no redirects followed.

Proxies come from ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, as httpx
documents, trusted certificates as `console.web_environment` says. An org on loopback is asked
without a proxy.
"""

import ipaddress
import os
import ssl

import httpx

from console import __version__
from console.errors import ConfigurationError
from console.salesforce.deadlines import Deadlines
from console.settings import OrgSettings
from console.web_environment import CERTIFICATE_VARIABLES, named_certificates

MAX_CONNECTIONS = 8
"""Four requests at a time and room for the token endpoint's host."""

_KEEPALIVE_S = 60.0


def make_http_client(
    settings: OrgSettings, deadlines: Deadlines | None = None
) -> httpx.AsyncClient:
    """A pooled client for the org of ``settings``; close it with ``aclose``.

    `ConfigurationError` when the environment names a proxy or certificates that cannot be used.
    """
    deadlines = deadlines or Deadlines()
    problem: Exception
    variables: tuple[str, ...]
    try:
        named = named_certificates()
        return httpx.AsyncClient(
            verify=True if named is None else named,
            headers={"User-Agent": f"orgwatch/{__version__}", "Accept-Encoding": "gzip"},
            timeout=deadlines.as_httpx(),
            limits=httpx.Limits(
                max_connections=MAX_CONNECTIONS,
                max_keepalive_connections=MAX_CONNECTIONS,
                keepalive_expiry=_KEEPALIVE_S,
            ),
            follow_redirects=False,
            trust_env=not is_loopback(settings.instance_url),
        )
    except (ssl.SSLError, OSError) as error:
        problem = error
        subject = "The certificates named by the environment cannot be read"
        variables = CERTIFICATE_VARIABLES
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        problem = error
        subject = "The proxy named by the environment cannot be used"
        variables = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "all_proxy")
    in_force = [name for name in variables if os.environ.get(name)]
    raise ConfigurationError(
        subject,
        f"Set in the environment: {', '.join(in_force) or 'none of ' + ', '.join(variables)}.",
        "Correct the variable, or unset it, and start again.",
        type(problem).__name__,
    )


def is_loopback(url: str) -> bool:
    """Whether ``url`` points at this machine."""
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
