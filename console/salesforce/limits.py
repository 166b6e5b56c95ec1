"""The limits of the org."""

from console.salesforce.rest import RestClient
from console.salesforce.types import LimitValue


def parse_limits(body: object) -> list[LimitValue]:
    """The limits in an answer of ``/limits``."""
    raise NotImplementedError


async def read_limits(client: RestClient) -> list[LimitValue]:
    """Every limit of the org now."""
    raise NotImplementedError
