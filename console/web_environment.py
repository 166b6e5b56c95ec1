"""What the usual environment variables say of proxies and trusted certificates.

REST and streaming use different HTTP clients, which read different variables; both take what
stands here, so that a machine behind a proxy or with a private certificate authority needs to be
told once.
"""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
"""The first that is set names the certificates that are trusted, in place of the usual ones."""


def named_certificates(environ: Mapping[str, str] = os.environ) -> ssl.SSLContext | None:
    """Trust in the certificates that the environment names; None when it names none.

    `OSError` (`ssl.SSLError` is one) when they cannot be read.
    """
    for variable in CERTIFICATE_VARIABLES:
        named = environ.get(variable)
        if named:
            place = Path(named)
            if place.is_dir():
                return ssl.create_default_context(capath=named)
            return ssl.create_default_context(cafile=named)
    return None


def proxy_for(url: str) -> str | None:
    """The proxy through which ``url`` is asked; None when it is asked directly.

    ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``ALL_PROXY`` by the address's scheme, unless ``NO_PROXY``
    names its host; each in capitals or not.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
