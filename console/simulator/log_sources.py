"""What log rows are made from: everything that happens in the org, minute by minute."""

from collections.abc import Callable
from dataclasses import dataclass

from console.simulator.acts import OrgAct
from console.simulator.app_columns import EcaLogId
from console.simulator.logins import Logins
from console.simulator.own_acts import OwnActs
from console.simulator.traffic import Traffic


@dataclass(frozen=True, slots=True)
class LogSources:
    """One world's acts, and how its log files name things."""

    traffic: Traffic
    logins: Logins
    own: OwnActs
    """What real clients did."""
    acts: Callable[[int], tuple[OrgAct, ...]]
    """All other acts of a minute since 1970, in order of time."""
    org_id: str
    """18 characters."""
    eca_log_id: EcaLogId
