"""The REST client."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager

import httpx

from console.clock import Clock
from console.errors import OrgError
from console.salesforce.login import TokenKeeper
from console.salesforce.types import ApiVersion, LimitHeader
from console.settings import OrgSettings


class RestClient:
    """Asks the org, politely."""

    def __init__(
        self,
        settings: OrgSettings,
        tokens: TokenKeeper,
        http: httpx.AsyncClient,
        clock: Clock,
        on_limit: Callable[[LimitHeader], None],
        on_call: Callable[[str, int], None],
    ) -> None:
        raise NotImplementedError

    async def get(
        self, path: str, *, purpose: str, params: Mapping[str, str] | None = None
    ) -> object:
        """The parsed JSON at ``path``."""
        raise NotImplementedError

    async def query(
        self, soql: str, *, purpose: str, tooling: bool = False, max_records: int = 50_000
    ) -> list[dict[str, object]]:
        """Every record of a query."""
        raise NotImplementedError

    async def query_together(
        self, soqls: Mapping[str, str], *, purpose: str
    ) -> Mapping[str, list[dict[str, object]] | OrgError]:
        """Up to five queries in one call."""
        raise NotImplementedError

    def stream(
        self, path: str, *, purpose: str
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The bytes at ``path``, decompressed, as they come."""
        raise NotImplementedError

    async def api_version(self) -> ApiVersion:
        """The version in use."""
        raise NotImplementedError
