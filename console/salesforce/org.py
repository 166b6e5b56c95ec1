"""The org's own facts: what it is, and how many full licences multiply its allocation."""

from console.errors import OrgRefused
from console.salesforce.exchange import unexpected
from console.salesforce.rest import RestClient
from console.salesforce.types import OrgFacts
from console.salesforce.values import flag_of, integer_of, text_of

PURPOSE = "org"

_SALESFORCE_LICENCE = "Salesforce"
_QUERIES = {
    "Organization": "SELECT Id, Name, OrganizationType, InstanceName, IsSandbox FROM Organization",
    "UserLicense": "SELECT Name, TotalLicenses FROM UserLicense",
}


async def read_org(client: RestClient) -> OrgFacts:
    """What the org says of itself, for one API call.

    The licence count is None, with the reason in ``not_visible``, where UserLicense cannot be
    read (it needs View Setup and Configuration) or lists no Salesforce licence.
    """
    outcomes = await client.query_together(_QUERIES, purpose=PURPOSE)
    organization = outcomes["Organization"]
    if isinstance(organization, OrgRefused):
        raise organization
    org_id = text_of(organization[0], "Id") if organization else None
    if org_id is None:
        raise unexpected("the query of Organization", "the org's id")
    not_visible: dict[str, str] = {}
    licences = outcomes["UserLicense"]
    user_licences: int | None = None
    if isinstance(licences, OrgRefused):
        not_visible["UserLicense"] = f"{licences.title}; needs View Setup and Configuration"
    else:
        counts = [
            count
            for licence in licences
            if text_of(licence, "Name") == _SALESFORCE_LICENCE
            and (count := integer_of(licence, "TotalLicenses")) is not None
        ]
        user_licences = sum(counts) if counts else None
        if not counts:
            not_visible["UserLicense"] = f"no licence named {_SALESFORCE_LICENCE} is listed"
    facts = organization[0]
    return OrgFacts(
        org_id=org_id,
        name=text_of(facts, "Name"),
        edition=text_of(facts, "OrganizationType"),
        instance=text_of(facts, "InstanceName"),
        is_sandbox=flag_of(facts, "IsSandbox"),
        user_licences=user_licences,
        not_visible=not_visible,
    )
