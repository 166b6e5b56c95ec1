"""Which org this is, and that one store never mixes two of them."""

from urllib.parse import urlsplit

from console.salesforce.org import read_org
from console.salesforce.rest import RestClient
from console.salesforce.types import AccessToken
from store import console_state
from store.records import OrgIdentity
from store.writer import Writer


class OrgSource:
    """Reads what the org says of itself: name, edition, licences."""

    def __init__(self, client: RestClient, writer: Writer, alias: str, instance_url: str) -> None:
        self._client = client
        self._writer = writer
        self._alias = alias
        self._instance_url = instance_url

    async def round(self) -> str:
        """One reading; raises the room's `OrgError` or `StoreError`."""
        facts = await read_org(self._client)
        identity = OrgIdentity(
            alias=self._alias,
            org_id=facts.org_id,
            name=facts.name,
            edition=facts.edition,
            instance_url=self._instance_url,
            user_licences=facts.user_licences,
        )
        await self._writer.write(
            lambda connection: console_state.record_identity(connection, identity)
        )
        return facts.name or facts.org_id


def identity_of_login(alias: str, instance_url: str, token: AccessToken | None) -> OrgIdentity:
    """What a login already tells: the identity URL ends in ``/id/<org id>/<user id>``.

    (Salesforce help, "Identity URLs".)
    """
    return OrgIdentity(
        alias=alias,
        org_id=_org_id(token.identity_url) if token is not None else None,
        name=None,
        edition=None,
        instance_url=instance_url,
        user_licences=None,
    )


def _org_id(identity_url: str | None) -> str | None:
    parts = urlsplit(identity_url or "").path.strip("/").split("/")
    if len(parts) == 3 and parts[0] == "id" and parts[1].startswith("00D"):
        return parts[1]
    return None
