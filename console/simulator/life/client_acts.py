"""What real clients did to the simulated org, as the wire reports it to the world."""

from dataclasses import dataclass
from datetime import datetime

from console.simulator.org.story import SimApp


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One HTTP request that a client really made, as ApiTotalUsage will log it."""

    at: datetime
    user_id: str
    """18 characters."""
    username: str
    app: SimApp | None
    client_ip: str
    method: str
    resource: str
    """Without ``/services/data``: ``/v66.0/query``."""
    api_family: str
    """``REST`` for everything that the wire serves."""
    api_version: str
    """``66.0``."""
    client_name: str
    """The client part of ``Sforce-Call-Options``; empty when not sent."""
    status: int
    counted: bool
    """Whether it uses up the pool."""
    entity: str
    """The sObject read; empty when none."""
    request_id: str
    operation: str = ""
    """``Query``, ``QueryAll`` or ``QueryMore`` for a read of data, which the API event stream
    then carries; empty for everything else, the Tooling API included."""
    query: str = ""
    """The SOQL text of a read."""
    rows: int = 0
    """Rows returned by a read."""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One request to the token endpoint, as LoginHistory will show it."""

    at: datetime
    username: str
    """As the client gave it; may name nobody."""
    app_name: str
    """``N/A`` when the app is not known."""
    source_ip: str
    status_text: str = "Success"
    """``Success``, or LoginHistory's text: ``Failed: Signature Invalid``, ``User is inactive`` …"""
    login_type: str = "Remote Access 2.0"
    login_sub_type: str | None = None
    user_agent: str = ""
