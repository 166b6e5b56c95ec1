"""The HTTP client."""

import httpx

from console.settings import OrgSettings


def make_http_client(settings: OrgSettings) -> httpx.AsyncClient:
    """A pooled client for one org; close it with ``aclose``."""
    raise NotImplementedError
