"""How long a refresh token lives under its app's policy."""

from datetime import datetime, timedelta

from console.simulator.org.story import RefreshPolicy

_UNITS = {"Hours": timedelta(hours=1), "Days": timedelta(days=1), "Months": timedelta(days=30)}


def refresh_token_ends(
    policy: RefreshPolicy, created_at: datetime, last_used_at: datetime
) -> datetime | None:
    """When a refresh token stops working; None for never.

    Types and units are those of ExtlClntAppOauthPlcyCnfg; a month counts as 30 days.
    """
    if policy.type == "Zero":
        return created_at
    if policy.type == "Infinite" or policy.period is None or policy.unit is None:
        return None
    begins = last_used_at if policy.type == "SpecificInactivity" else created_at
    return begins + policy.period * _UNITS[policy.unit]
