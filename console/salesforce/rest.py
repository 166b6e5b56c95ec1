"""The REST client: every request to the org's data passes here.

It keeps at most four requests running, ends each in time, repeats only what is safe, counts every
call by purpose, and reads the limit header of every answer.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from xml.sax.saxutils import escape

import httpx

from console.clock import Clock
from console.errors import ConfigurationError, OrgRefused
from console.salesforce import soap
from console.salesforce.circuit import OrgReach
from console.salesforce.composite import (
    MAX_QUERIES,
    Page,
    composite_body,
    composite_pages,
    parse_page,
)
from console.salesforce.deadlines import Deadlines
from console.salesforce.login import TokenKeeper
from console.salesforce.paging import CURSOR_GONE, all_records
from console.salesforce.requester import Ask, Listeners, Requester, ignored
from console.salesforce.types import ApiVersion, LimitHeader
from console.salesforce.values import Record
from console.salesforce.versions import choose_version, parse_versions
from console.settings import OrgSettings

MOST_READ = 10
"""Full names in one readMetadata call (metadata API guide)."""


class RestClient:
    """Asks the org for data, as the user of ``tokens``.

    ``on_limit`` gets the API pool as each answer's header names it; ``on_call`` gets the purpose
    of each request and what it cost in API calls (0 for what Salesforce does not count);
    ``on_reach`` hears when the org goes down and when it is back; ``on_ageing`` gets the org's
    words about a version of the API that it is about to retire.

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
        on_reach: Callable[[OrgReach], None] = ignored,
        on_ageing: Callable[[str], None] = ignored,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._settings = settings
        listeners = Listeners(on_limit, on_call, on_reach, on_ageing)
        self._requester = Requester(tokens, http, clock, listeners, deadlines or Deadlines())
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
        first = await self._first_page(path, soql, purpose)
        return await self._all_records(first, path, soql, purpose, max_records)

    async def list_metadata(self, metadata_type: str, *, purpose: str) -> list[Record]:
        """The components of a type that the Metadata API lists (metadata API guide, listMetadata).

        Refused with ``INSUFFICIENT_ACCESS`` or ``INVALID_TYPE`` where it may not be read.
        """
        version = await self.api_version()
        body = (
            f"<m:listMetadata><m:queries><m:type>{escape(metadata_type)}</m:type></m:queries>"
            f"<m:asOfVersion>{version}</m:asOfVersion></m:listMetadata>"
        )
        return await self._metadata("listMetadata", body, purpose)

    async def read_metadata(
        self, metadata_type: str, names: Sequence[str], *, purpose: str
    ) -> list[Record]:
        """The components of these full names, ten to a call (metadata API guide, readMetadata).

        Components that are listed and may not be read, such as a vendor's, are left out.
        """
        found: list[Record] = []
        for first in range(0, len(names), MOST_READ):
            among = "".join(
                f"<m:fullNames>{escape(name)}</m:fullNames>"
                for name in names[first : first + MOST_READ]
            )
            body = (
                f"<m:readMetadata><m:type>{escape(metadata_type)}</m:type>{among}</m:readMetadata>"
            )
            for result in await self._metadata("readMetadata", body, purpose):
                records = result.get("records")
                listed = records if isinstance(records, list) else [records]
                found += [one for one in listed if isinstance(one, dict) and one.get("fullName")]
        return found

    async def _metadata(self, operation: str, body: str, purpose: str) -> list[Record]:
        path = f"/services/Soap/m/{await self.api_version()}"
        answer = await self._requester.answer(Ask(path, purpose, soap_body=body))
        return soap.results(answer, operation)

    async def count(self, soql: str, *, purpose: str) -> int | None:
        """What a ``SELECT COUNT() FROM …`` counted; None when the org did not say."""
        path = await self._absolute("/query")
        return (await self._first_page(path, soql, purpose)).total

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
        path = f"/services/data/v{version}/query"
        outcomes: dict[str, list[Record] | OrgRefused] = {}
        for name, page in pages.items():
            if isinstance(page, OrgRefused):
                outcomes[name] = page
            else:
                outcomes[name] = await self._all_records(
                    page, path, soqls[name], purpose, max_records
                )
        return outcomes

    async def query_many(
        self, soqls: Mapping[str, str], *, purpose: str, max_records: int = 50_000
    ) -> Mapping[str, list[Record] | OrgRefused]:
        """Any number of queries by name, five to a call, each with its own outcome."""
        outcomes: dict[str, list[Record] | OrgRefused] = {}
        named = iter(soqls.items())
        while five := dict(islice(named, MAX_QUERIES)):
            outcomes |= await self.query_together(five, purpose=purpose, max_records=max_records)
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

    async def _first_page(self, path: str, soql: str, purpose: str) -> Page:
        answer = await self._requester.answer(Ask(path, purpose, params={"q": soql}))
        return parse_page(answer.json())

    async def _all_records(
        self, first: Page, path: str, soql: str, purpose: str, max_records: int
    ) -> list[Record]:
        """The records of every page; a query whose cursor the org dropped is asked once more."""

        async def fetch(next_path: str) -> object:
            return (await self._requester.answer(Ask(next_path, purpose))).json()

        try:
            return await all_records(first, fetch, soql, max_records)
        except OrgRefused as refused:
            if refused.code != CURSOR_GONE:
                raise
        again = await self._first_page(path, soql, purpose)
        return await all_records(again, fetch, soql, max_records)
