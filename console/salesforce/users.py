"""The users of the org."""

from console.salesforce.rest import RestClient
from console.salesforce.types import UserFact


async def read_users(client: RestClient) -> list[UserFact]:
    """The users of the org."""
    raise NotImplementedError
