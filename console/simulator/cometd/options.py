"""How the simulated org's streaming server behaves where orgs differ or facts are unknown."""

from dataclasses import dataclass

STICKY_LIFE_S = 9_000.0
"""Two and a half hours: clients report a new handshake every two to three."""


@dataclass(frozen=True, slots=True)
class StreamingOptions:
    """Switches of ``/cometd``. Durations are real seconds."""

    schemes: tuple[str, ...] = ("bearer", "oauth")
    """Authorization schemes that are taken, in lower case. The documentation shows both; one
    report says that ``Bearer`` was refused."""
    sticky_life_s: float = STICKY_LIFE_S
    """How long the load balancer's cookie ``sfdc-stream`` leads to the same server."""
    quoted_cookies_reach_session: bool = True
    """Whether a cookie that comes back inside quotation marks still leads there. Not known of
    real orgs; re-encoded values are refused either way, as reported."""
    most_clients: int = 1_000
    """Concurrent clients: 1,000 in Enterprise Edition, 2,000 in Performance and Unlimited, 20
    elsewhere (platform events guide, allocations)."""
    takes_future_replay_ids: bool = False
    """Whether a replay id above the newest is taken, and delivery begins after it. Real orgs'
    answer is not known; by default it is refused like one that is too old."""
    takes_channel_lists: bool = False
    """Whether ``subscription`` may be a list of channels, as Bayeux allows. Not known of real
    orgs; several subscribe messages in one request always work."""
    connect_timeout_ms: int = 110_000
    """What the first connect's advice names; how long connects are really held is
    ``connect_hold_s``."""
