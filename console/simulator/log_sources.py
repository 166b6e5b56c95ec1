"""What log rows are made from: everything that happens in the org, minute by minute."""

from functools import lru_cache

from console.simulator.app_columns import EcaLogId
from console.simulator.logins import Logins
from console.simulator.org_acts import OrgActs
from console.simulator.own_acts import OwnActs
from console.simulator.traffic import Traffic

_KEPT_MINUTES = 4
"""All types of a minute are made one after the other."""


class LogSources:
    """One world's acts, and how its log files name things."""

    def __init__(
        self,
        traffic: Traffic,
        logins: Logins,
        own: OwnActs,
        acts: OrgActs,
        org_id: str,
        eca_log_id: EcaLogId,
    ) -> None:
        self.calls = lru_cache(maxsize=_KEPT_MINUTES)(traffic.raw_calls)
        """The calls of a minute since 1970, in order of time; nobody may change the list."""
        self.logins = logins
        self.acts = acts
        self.own = own
        """What real clients did."""
        self.org_id = org_id
        """18 characters."""
        self.eca_log_id: EcaLogId = eca_log_id
