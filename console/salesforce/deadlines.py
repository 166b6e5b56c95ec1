"""How long one request may take; real seconds, because they measure networks and not orgs."""

from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Each wait of one request has its own end."""

    connect_s: float = 10.0
    """To a connection, TLS included; also the wait for a free one of the pool."""
    read_s: float = 60.0
    """Between two pieces of an answer."""
    whole_s: float = 150.0
    """From the request to the last byte of a JSON answer."""
    login_s: float = 30.0
    """The same for the token endpoint."""
    download_s: float = 3_600.0
    """The same for a log file; files above 100 MB exist."""

    def as_httpx(self) -> httpx.Timeout:
        """The parts that httpx keeps itself."""
        return httpx.Timeout(self.read_s, connect=self.connect_s, pool=self.whole_s)
