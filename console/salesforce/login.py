"""The token keeper."""

from collections.abc import Callable
from datetime import datetime

import httpx

from console.clock import Clock
from console.salesforce.keys import PrivateKey
from console.salesforce.types import AccessToken, LoginObservation
from console.settings import OrgSettings


class TokenKeeper:
    """Holds the one access token."""

    def __init__(
        self,
        settings: OrgSettings,
        http: httpx.AsyncClient,
        clock: Clock,
        key: PrivateKey,
        on_observation: Callable[[LoginObservation], None],
        last_request_at: datetime | None = None,
    ) -> None:
        raise NotImplementedError

    async def token(self) -> AccessToken:
        """A token that the org is expected to accept."""
        raise NotImplementedError

    async def refused(self, token: AccessToken) -> None:
        """The org refused ``token``."""
        raise NotImplementedError

    async def accepted(self, token: AccessToken) -> None:
        """The org accepted ``token``."""
        raise NotImplementedError

    async def close(self) -> None:
        """Forgets the token."""
        raise NotImplementedError
