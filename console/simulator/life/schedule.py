"""When each integration asks for a new session, and which session a call belongs to."""

from functools import lru_cache

from console.simulator.dice import mixed, number_from
from console.simulator.moments import MINUTE_MS
from console.simulator.org.integration import SimIntegration


@lru_cache(maxsize=256)
def _phase(key: str, user_index: int) -> int:
    return number_from("login", key, user_index)


def is_login_minute(integration: SimIntegration, user_index: int, minute: int) -> bool:
    """Whether that user of the integration logs in during that minute since 1970."""
    if not integration.logs_in_by_itself:
        return False
    every = integration.login.every_min
    return (minute + _phase(integration.key, user_index)) % every == 0


def login_minutes(integration: SimIntegration, user_index: int, first: int, end: int) -> range:
    """The minutes from ``first`` on and before ``end`` in which that user logs in."""
    if not integration.logs_in_by_itself:
        return range(0)
    every = integration.login.every_min
    return range(first + -(first + _phase(integration.key, user_index)) % every, end, every)


def login_offset_ms(integration: SimIntegration, user_index: int, minute: int) -> int:
    """How many milliseconds into a login minute the login happens; never 0."""
    number = mixed(_phase(integration.key, user_index), minute)
    return 1 + number % (MINUTE_MS - 1)


def session_start_ms(integration: SimIntegration, user_index: int, at_ms: int) -> int:
    """When the session was opened that the integration's user holds at ``at_ms``.

    Only for integrations that log in by themselves.
    """
    every = integration.login.every_min
    minute = at_ms // MINUTE_MS
    login_minute = minute - (minute + _phase(integration.key, user_index)) % every
    start_ms = login_minute * MINUTE_MS + login_offset_ms(integration, user_index, login_minute)
    if start_ms <= at_ms:
        return start_ms
    earlier = login_minute - every
    return earlier * MINUTE_MS + login_offset_ms(integration, user_index, earlier)


def session_number(integration: SimIntegration, user_index: int, start_ms: int) -> int:
    """64 bits that name the session which the integration's user opened at ``start_ms``."""
    return mixed(_phase(integration.key, user_index) ^ start_ms, 1)


def session_at(integration: SimIntegration, user_index: int, at_ms: int) -> int:
    """64 bits that name the session which the integration's user holds at ``at_ms``."""
    owner = integration.borrows_from or integration
    if owner.episode_only:
        return episode_session(owner, user_index)
    return session_number(owner, user_index, session_start_ms(owner, user_index, at_ms))


def episode_session(integration: SimIntegration, user_index: int) -> int:
    """64 bits that name the one session of a user of an integration of an episode."""
    return mixed(_phase(integration.key, user_index), 2)


def address_of(integration: SimIntegration, number: int) -> str:
    """From which of the integration's addresses something with these 64 bits of chance came."""
    addresses = integration.addresses
    return addresses[(number >> 38 & 0xF) % len(addresses)]
