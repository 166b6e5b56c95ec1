"""What the request handlers of one simulated org share."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from console.simulator.faults import FaultBoard
from console.simulator.login_budget import LoginBudget
from console.simulator.rest_cursors import CursorShelf
from console.simulator.tokens import TokenStore
from console.simulator.world import World

OLDEST_VERSION = 31
NEWEST_VERSION = 68
"""API versions that answer (release notes; 21-30 retired in Summer '25)."""
MAX_TALLIED = 1_000
"""Distinct paths and clients that the tally tells apart; the rest count as ``other``."""


@dataclass(frozen=True, slots=True)
class WireOptions:
    """How the simulated org behaves towards its clients. Durations are real seconds."""

    connect_hold_s: float = 20.0
    """How long a streaming connect without news is held; a real org holds it 110 s."""
    session_idle_s: float = 40.0
    """How long a streaming session lives between two requests (Streaming API guide, clients and
    timeouts)."""
    events_per_reply: int = 2_000
    """The most events that one streaming reply carries."""
    overrun_fraction: float = 0.2
    """How far the API pool may be overrun before requests are refused. Real orgs may overrun too,
    by an amount that Salesforce does not publish."""


class RequestTally:
    """How often each path was asked for, and by which client."""

    def __init__(self) -> None:
        self.by_path: Counter[str] = Counter()
        self.by_client: Counter[str] = Counter()

    def note(self, path: str, client: str) -> None:
        """Count one request."""
        for counter, key in ((self.by_path, path), (self.by_client, client)):
            counter[key if key in counter or len(counter) < MAX_TALLIED else "other"] += 1


@dataclass(slots=True)
class Wire:
    """The world, and the state that only exists between it and its HTTP clients."""

    world: World
    instance_url: str
    """``http://localhost:53211``: My Domain of the simulated org."""
    app_keys: Mapping[str, RSAPublicKey]
    """The certificate's public key by the consumer key of the app that it was uploaded to."""
    options: WireOptions
    tokens: TokenStore
    faults: FaultBoard = field(default_factory=FaultBoard)
    cursors: CursorShelf = field(default_factory=CursorShelf)
    logins: LoginBudget = field(default_factory=LoginBudget)
    tally: RequestTally = field(default_factory=RequestTally)

    def server_time(self) -> datetime:
        """The org's time as its servers believe it, wrong by the fault ``clock_skew``."""
        return self.world.now() + self.faults.clock_skew


WIRE: web.AppKey[Wire] = web.AppKey("wire", Wire)
