"""The REST client: every request to the org's data passes here.

It keeps at most four requests running, ends each in time, repeats only what is safe, counts every
call by purpose, and reads the limit header of every answer.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import httpx

from console.clock import Clock
from console.errors import ConfigurationError, OrgRefused
from console.salesforce.composite import composite_body, composite_pages, parse_page
from console.salesforce.deadlines import Deadlines
from console.salesforce.exchange import unexpected
from console.salesforce.login import TokenKeeper
from console.salesforce.requester import Ask, Requester
from console.salesforce.types import ApiVersion, LimitHeader
from console.salesforce.values import Record
from console.salesforce.versions import choose_version, parse_versions
from console.settings import OrgSettings


class RestClient:
    """Asks the org for data, as the user of ``tokens``.

    ``on_limit`` gets the API pool as each answer's header names it; ``on_call`` gets the purpose
    of each request and what it cost in API calls (0 for what Salesforce does not count).

    Every method may raise `OrgUnreachable`, `LoginRefused`, `OrgRefused` or `UnreadableAnswer`.
    Paths that begin with ``/services/`` are taken as they are; others, such as ``/limits``, are
    looked up under the version in use.
    """

    def __init__(
        self,
        settings: OrgSettings,
        tokens: TokenKeeper,
        http: httpx.AsyncClient,
        clock: Clock,
        on_limit: Callable[[LimitHeader], None],
        on_call: Callable[[str, int], None],
        *,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._settings = settings
        self._requester = Requester(
            tokens, http, clock, on_limit, on_call, deadlines or Deadlines()
        )
        self._version: ApiVersion | None = None
        self._choosing_version = asyncio.Lock()

    async def get(
        self, path: str, *, purpose: str, params: Mapping[str, str] | None = None
    ) -> object:
        """The parsed JSON at ``path``."""
        ask = Ask(await self._absolute(path), purpose, params=params)
        return (await self._requester.answer(ask)).json()

    async def query(
        self, soql: str, *, purpose: str, tooling: bool = False, max_records: int = 50_000
    ) -> list[Record]:
        """Every record of ``soql``, page by page; ``tooling`` asks the Tooling API.

        A query with more than ``max_records`` records raises `OrgRefused` with the code
        ``TOO_MANY_RECORDS``: a list that was cut short would be taken for the whole.
        """
        path = await self._absolute("/tooling/query" if tooling else "/query")
        answer = await self._requester.answer(Ask(path, purpose, params={"q": soql}))
        page = parse_page(answer.json())
        return await self._with_rest(page.records, page.next_path, soql, purpose, max_records)

    async def count(self, soql: str, *, purpose: str) -> int | None:
        """What a ``SELECT COUNT() FROM …`` counted; None when the org did not say."""
        path = await self._absolute("/query")
        answer = await self._requester.answer(Ask(path, purpose, params={"q": soql}))
        return parse_page(answer.json()).total

    async def query_together(
        self, soqls: Mapping[str, str], *, purpose: str, max_records: int = 50_000
    ) -> Mapping[str, list[Record] | OrgRefused]:
        """Up to five queries by name for the price of one call, each with its own outcome.

        Further pages cost a call each. `ValueError` for none or more than five.
        """
        version = await self.api_version()
        body = composite_body(soqls, version)
        ask = Ask(f"/services/data/v{version}/composite", purpose, json_body=body)
        pages = composite_pages((await self._requester.answer(ask)).json(), soqls)
        outcomes: dict[str, list[Record] | OrgRefused] = {}
        for name, page in pages.items():
            if isinstance(page, OrgRefused):
                outcomes[name] = page
            else:
                outcomes[name] = await self._with_rest(
                    page.records, page.next_path, soqls[name], purpose, max_records
                )
        return outcomes

    @asynccontextmanager
    async def stream(self, path: str, *, purpose: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes at ``path`` as they come, decompressed, for log files of any size.

        Opening is repeated like any read; an answer that breaks off raises and is not repeated.
        """
        ask = Ask(await self._absolute(path), purpose)
        async with self._requester.stream(ask) as pieces:
            yield pieces

    async def api_version(self) -> ApiVersion:
        """The configured version, else the newest that org and console share.

        Asked once, for nothing: ``/services/data`` is not counted by Salesforce.
        """
        if self._version is None:
            async with self._choosing_version:
                if self._version is None:
                    self._version = await self._chosen_version()
        return self._version

    async def own_user_id(self) -> str | None:
        """The id of the user that orgwatch logs in as, from the token's identity URL."""
        return await self._requester.own_user_id()

    async def _chosen_version(self) -> ApiVersion:
        ask = Ask("/services/data", "version", authenticated=False)
        offered = parse_versions((await self._requester.answer(ask)).json())
        version = choose_version(offered, self._settings.api_version)
        if version is None:
            raise ConfigurationError(
                "The API version is not offered by the org",
                f"api_version is {self._settings.api_version}; the org offers {offered[0]} to "
                f"{offered[-1]}.",
                f"Remove api_version from [org.{self._settings.alias}], or set one of these.",
            )
        return version

    async def _absolute(self, path: str) -> str:
        if path.startswith("/services/"):
            return path
        return f"/services/data/v{await self.api_version()}{path}"

    async def _with_rest(
        self,
        records: list[Record],
        next_path: str | None,
        soql: str,
        purpose: str,
        max_records: int,
    ) -> list[Record]:
        """``records`` and those of every further page."""
        collected = list(records)
        while next_path is not None:
            if len(collected) >= max_records:
                raise _too_many(soql, max_records)
            page = parse_page((await self._requester.answer(Ask(next_path, purpose))).json())
            if not page.records:
                raise unexpected("a query", "records on every page")
            collected += page.records
            next_path = page.next_path
        if len(collected) > max_records:
            raise _too_many(soql, max_records)
        return collected


def _too_many(soql: str, max_records: int) -> OrgRefused:
    return OrgRefused(
        "The query has more records than expected",
        f"More than {max_records:,} records came, and a part would be taken for the whole.",
        "Nothing was stored of it; report it with the words below.",
        soql,
        code="TOO_MANY_RECORDS",
    )
