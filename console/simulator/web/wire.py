"""What the request handlers of one simulated org share."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from console.simulator.cometd.options import StreamingOptions
from console.simulator.faults.board import FaultBoard
from console.simulator.oauth.codes import CodeBook, DeviceBook
from console.simulator.oauth.login_budget import LoginBudget
from console.simulator.oauth.options import OauthOptions
from console.simulator.oauth.token_signing import TokenSigner
from console.simulator.oauth.tokens import TokenStore
from console.simulator.oauth.used_jtis import UsedJtis
from console.simulator.rest.bulk_jobs import BulkJobs
from console.simulator.rest.concurrency import RunningRequests
from console.simulator.rest.cursors import CursorShelf
from console.simulator.rest.options import (
    NEWEST_VERSION,
    OLDEST_VERSION,
    RestOptions,
    VersionRules,
)
from console.simulator.web.org_clock import OrgClock
from console.simulator.world import World

__all__ = [
    "NEWEST_VERSION",
    "OLDEST_VERSION",
    "WIRE",
    "RequestTally",
    "Wire",
    "WireOptions",
]

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
    by an amount that Salesforce does not publish; Developer Edition may not."""
    oauth: OauthOptions = field(default_factory=OauthOptions)
    rest: RestOptions = field(default_factory=RestOptions)
    streaming: StreamingOptions = field(default_factory=StreamingOptions)


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
    clock: OrgClock
    real_now: Callable[[], datetime]
    """This machine's time in UTC, by which clients' cookie jars live."""
    faults: FaultBoard = field(init=False)
    cursors: CursorShelf = field(default_factory=CursorShelf)
    logins: LoginBudget = field(default_factory=LoginBudget)
    tally: RequestTally = field(default_factory=RequestTally)
    signer: TokenSigner = field(default_factory=TokenSigner)
    used_jtis: UsedJtis = field(default_factory=UsedJtis)
    devices: DeviceBook = field(default_factory=DeviceBook)
    codes: CodeBook = field(init=False)
    versions: VersionRules = field(init=False)
    """Which API versions answer; may be changed while the org runs."""
    running: RunningRequests = field(init=False)
    bulk_jobs: BulkJobs = field(init=False)
    ended_story_tokens: set[str] = field(default_factory=set)
    """Ids of the story's refresh tokens that a client has ended; as many as the story has."""
    _token_serial: int = 0

    def __post_init__(self) -> None:
        """Make what follows from the options."""
        oauth, rest = self.options.oauth, self.options.rest
        self.faults = FaultBoard(self.world.now, self.world.options.seed)
        self.logins = LoginBudget(oauth.logins_per_hour)
        self.codes = CodeBook(oauth.code_life)
        self.running = RunningRequests(rest.long_running_after_s)
        self.bulk_jobs = BulkJobs(rest.bulk_polls)
        self.versions = VersionRules(
            oldest=rest.oldest_version,
            warned_below=rest.warned_below,
            latest_alias=rest.latest_alias,
        )
        if oauth.shared_certificate:
            certificate_key = next(iter(self.app_keys.values()))
            self.app_keys = {app.consumer_key: certificate_key for app in self.world.facts.apps}

    def new_token_serial(self) -> str:
        """A short text that tells one JWT-based access token from the next."""
        self._token_serial += 1
        return f"{self._token_serial:08x}"

    def server_time(self) -> datetime:
        """The org's time as its servers believe it, wrong by the fault ``clock_skew``."""
        return self.world.now() + self.faults.clock_skew


WIRE: web.AppKey[Wire] = web.AppKey("wire", Wire)
