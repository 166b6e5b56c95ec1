"""The inventory of apps."""

from console.salesforce.rest import RestClient
from console.salesforce.types import Inventory


async def read_inventory(client: RestClient) -> Inventory:
    """Every app that the org shows to this user."""
    raise NotImplementedError
