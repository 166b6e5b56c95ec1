"""The org's own facts."""

from console.salesforce.rest import RestClient
from console.salesforce.types import OrgFacts


async def read_org(client: RestClient) -> OrgFacts:
    """What the org says of itself."""
    raise NotImplementedError
