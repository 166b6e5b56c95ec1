"""The users of the org, for names."""

from console.salesforce.rest import RestClient
from console.salesforce.types import UserFact
from console.salesforce.values import child_of, flag_of, text_of

PURPOSE = "users"

MAX_USERS = 10_000
"""Orgs may have millions of external users; those who logged in last are the ones seen in logs."""

_QUERY = (
    "SELECT Id, Username, Name, IsActive, UserType, Profile.Name FROM User "  # noqa: S608
    f"ORDER BY LastLoginDate DESC NULLS LAST LIMIT {MAX_USERS}"
)


async def read_users(client: RestClient) -> list[UserFact]:
    """The `MAX_USERS` users who logged in last, inactive ones included."""
    records = await client.query(_QUERY, purpose=PURPOSE, max_records=MAX_USERS)
    users: list[UserFact] = []
    for record in records:
        user_id, username = text_of(record, "Id"), text_of(record, "Username")
        if user_id is None or username is None:
            continue
        users.append(
            UserFact(
                user_id=user_id,
                username=username,
                name=text_of(record, "Name"),
                is_active=flag_of(record, "IsActive"),
                profile=text_of(child_of(record, "Profile"), "Name"),
                user_type=text_of(record, "UserType"),
            )
        )
    return users
