"""Whether the Metadata API can be read: app settings that no query shows."""

from console.errors import OrgRefused, UnreadableAnswer
from console.salesforce.own_permissions import OwnPermissions
from console.salesforce.rest import RestClient
from console.salesforce.source_finding import SourceFinding
from console.salesforce.source_questions import MODIFY_METADATA

METADATA, METADATA_TITLE = "metadata", "Metadata"
"""The source's name, and how a person reads it."""
_JWT_TOKENS = "opaque tokens: the app issues tokens in JWT format, which no SOAP API takes"


async def ask_metadata(client: RestClient, own: OwnPermissions, purpose: str) -> SourceFinding:
    """One listMetadata of connected apps."""
    try:
        listed = await client.list_metadata("ConnectedApp", purpose=purpose)
    except OrgRefused as refused:
        return _refused(refused, own)
    except UnreadableAnswer as odd:
        return SourceFinding(METADATA, METADATA_TITLE, None, None, odd.title)
    return SourceFinding(
        METADATA, METADATA_TITLE, True, None, f"the org answered: {len(listed)} connected apps"
    )


def _refused(refused: OrgRefused, own: OwnPermissions) -> SourceFinding:
    if refused.retryable:
        raise refused
    words = f"{refused.title} ({refused.code})" if refused.code else refused.title
    if refused.code == "INSUFFICIENT_ACCESS" or own.lacks(MODIFY_METADATA):
        missing = f"the permission {MODIFY_METADATA}"
        return SourceFinding(METADATA, METADATA_TITLE, False, missing, words)
    if refused.code == "INVALID_SESSION_ID":
        return SourceFinding(METADATA, METADATA_TITLE, False, _JWT_TOKENS, words)
    return SourceFinding(METADATA, METADATA_TITLE, None, None, words)
