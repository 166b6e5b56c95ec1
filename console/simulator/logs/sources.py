"""What log rows are made from: everything that happens in the org, minute by minute."""

from collections.abc import Callable
from functools import lru_cache

from console.simulator.life.logins import Logins
from console.simulator.life.org_acts import OrgActs
from console.simulator.life.own_acts import OwnActs
from console.simulator.life.traffic import SOAP_LOGIN, RawCall, Traffic
from console.simulator.logs.app_columns import EcaLogId
from console.simulator.org.integration import CallShape

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
        self._traffic = traffic
        self.logins = logins
        self.acts = acts
        self.own = own
        """What real clients did."""
        self.org_id = org_id
        """18 characters."""
        self.eca_log_id: EcaLogId = eca_log_id

    def calls_with(self, fits: Callable[[CallShape], bool]) -> Callable[[int], list[RawCall]]:
        """What gives a minute's calls of the shapes that fit, without making the others."""
        owners = self._traffic.planted_for | {
            one
            for one in self._traffic.integrations
            if any(map(fits, one.shapes)) or (fits(SOAP_LOGIN) and one.login.is_api_call)
        }
        fitting = lru_cache(maxsize=1024)(fits)

        def calls(minute: int) -> list[RawCall]:
            if not owners:
                return []
            return [raw for raw in self._traffic.raw_calls(minute, owners) if fitting(raw[3])]

        return calls
