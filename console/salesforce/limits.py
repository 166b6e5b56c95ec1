"""The limits of the org (REST API guide, "Limits").

Values are accurate within five minutes of consumption. The set of keys differs by org, edition,
features and version, so it is read as an open map.
"""

from collections.abc import Iterator, Mapping

from console.salesforce.exchange import unexpected
from console.salesforce.rest import RestClient
from console.salesforce.types import LimitValue
from console.salesforce.values import integer_of

PURPOSE = "limits"


def parse_limits(body: object) -> list[LimitValue]:
    """The limits in an answer of ``/limits``, in its order; `UnreadableAnswer` if it has none.

    Nested entries such as ``PermissionSets.CreateCustom`` are limits of their own. Children
    with a maximum of 0 and nothing remaining are per-app quota slots, which every org that still
    shows them leaves at 0/0: they are neither limits nor usage and are left out.
    """
    if not isinstance(body, dict):
        raise unexpected("/limits", "an object of limits")
    limits = list(_limits_in(body))
    if not limits:
        raise unexpected("/limits", "limits with Max and Remaining")
    return limits


async def read_limits(client: RestClient) -> list[LimitValue]:
    """Every limit of the org now; needs the permission View Setup and Configuration."""
    return parse_limits(await client.get("/limits", purpose=PURPOSE))


def _limits_in(body: Mapping[str, object]) -> Iterator[LimitValue]:
    for name, entry in body.items():
        if not isinstance(entry, dict):
            continue
        own = _limit(name, entry)
        if own is not None:
            yield own
        for child_name, child in entry.items():
            nested = _limit(f"{name}.{child_name}", child) if isinstance(child, dict) else None
            if nested is not None and (nested.max_value, nested.remaining) != (0, 0):
                yield nested


def _limit(name: str, entry: Mapping[str, object]) -> LimitValue | None:
    max_value, remaining = integer_of(entry, "Max"), integer_of(entry, "Remaining")
    if max_value is None or remaining is None:
        return None
    return LimitValue(name, max_value, remaining)
