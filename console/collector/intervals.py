"""How often each source is asked, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Intervals:
    """Pauses between rounds, in seconds of the org's clock unless the name says real.

    Each costs calls of the org's own allocation: at these values about 2,200 a day, most of them
    the limits (one a minute) and the list of log files (one each five minutes).
    """

    limits_s: float = 60.0
    log_files_s: float = 300.0
    apps_s: float = 3600.0
    users_s: float = 3600.0
    org_s: float = 86_400.0
    heartbeat_real_s: float = 5.0
    own_calls_real_s: float = 3.0
    pool_real_s: float = 1.0
    """The pool is sampled from response headers at most this often."""
    retry_base_s: float = 5.0
    retry_cap_s: float = 300.0
