"""A client of a simulated org, for the tests: other people's HTTP and JWT libraries."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt

from console.simulator.launch import RunningOrg

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
"""A Wednesday morning at Acme."""
SHORT_HISTORY = timedelta(hours=3)
"""Enough for a test that looks at the present; the whole day takes most of a second to make."""
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass
class Visitor:
    """A client of one simulated org."""

    org: RunningOrg
    http: httpx.AsyncClient

    @property
    def url(self) -> str:
        return self.org.announcement["instance_url"]

    def private_key(self) -> str:
        return Path(self.org.announcement["private_key_file"]).read_text("utf-8")

    def claims(self, **changed: object) -> dict[str, object]:
        """The claims of a good assertion, but for what is changed; None leaves a claim out."""
        said = self.org.announcement
        good: dict[str, object] = {
            "iss": said["consumer_key"],
            "sub": said["username"],
            "aud": said["audience"],
            "exp": int(self.org.clock.now().timestamp()) + 180,
        }
        return {name: value for name, value in (good | changed).items() if value is not None}

    def assertion(self, key: str | None = None, **changed: object) -> str:
        return jwt.encode(self.claims(**changed), key or self.private_key(), algorithm="RS256")

    async def ask_token(self, **form: str) -> httpx.Response:
        body = {"grant_type": JWT_BEARER, "assertion": form.pop("assertion", "")} | form
        return await self.http.post("/services/oauth2/token", data=body)

    async def token(self) -> str:
        answer = await self.ask_token(assertion=self.assertion())
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def log_in(self) -> None:
        """Carry a fresh token on every later request."""
        self.http.headers["Authorization"] = f"Bearer {await self.token()}"

    async def fault(self, kind: str, **options: object) -> None:
        answer = await self.http.post("/__sim__/faults", json={"kind": kind, **options})
        assert answer.status_code == 201, answer.text


OpenOrg = Callable[..., Awaitable[Visitor]]
"""Starts an org with options of the test's own: SimulateOptions, and ``hold_s``, ``idle_s``."""
