"""The console's own login, as checks."""

from dataclasses import replace
from datetime import datetime, timedelta

from console.collector.login import about_the_clock, about_the_key
from console.doctor.check import LOGIN, Check, Result
from console.salesforce.types import AccessToken, LoginObservation
from store.records import LoginState


def granted(token: AccessToken, now: datetime) -> Check:
    """A login that has just succeeded."""
    left = _minutes(token.expires_at - now)
    said = f"granted; the token lasts {left} more ({token.expiry_source})"
    return Check("login", LOGIN, "Login", Result.OK, said)


def about_login(seen: LoginObservation) -> list[Check]:
    """What a login that succeeded showed to be wrong: this machine's clock, the first key."""
    told = []
    if seen.clock_skew_s:
        told.append(("login.clock", "Clock", about_the_clock(seen.clock_skew_s)))
    if seen.key_in_use == "next":
        told.append(("login.key", "Key in use", about_the_key(seen)))
    return [Check(id_, LOGIN, title, Result.FAULT, *_split(said)) for id_, title, said in told]


def put_off(last: LoginState, wait: timedelta, now: datetime) -> list[Check]:
    """The last login, where it is too early for another one."""
    again = f"Run it again in {wait.total_seconds():,.0f} s to have it tried."
    if last.error:
        checks = check_stored_login(last, now)
        return [replace(check, next_step=f"{check.next_step} {again}".strip()) for check in checks]
    when = last.obtained_at or last.last_request_at
    if last.obtained_at is None or when is None:
        said = "the last login is too recent for another one, and how it ended is not known"
        return [Check("login", LOGIN, "Login", Result.UNKNOWN, said, again)]
    said = f"granted {_minutes(now - when)} ago; no other was made so soon, to spare the user's"
    return [Check("login", LOGIN, "Login", Result.OK, f"{said} 3,600 logins an hour", again)]


def _split(told: str) -> tuple[str, str]:
    """A collector's sentences as evidence and next step."""
    evidence, _, step = told.replace("\n", " ").partition("What to do: ")
    return " ".join(evidence.split()), step


def check_stored_login(state: LoginState | None, now: datetime) -> list[Check]:
    """The login of a collector that is running, as it wrote it down."""
    if state is None:
        return [
            Check(
                "login", LOGIN, "Login", Result.UNKNOWN,
                "a collector is running and has not said anything of its login yet",
                "Run it again in a minute.",
            )
        ]  # fmt: skip
    if state.error:
        meaning = f"{state.error}. {state.error_meaning or ''}".strip()
        if state.next_attempt_at is not None and state.next_attempt_at > now:
            meaning += f" Asked again at {state.next_attempt_at:%H:%M:%S} UTC."
        return [
            Check(
                "login", LOGIN, "Login", Result.FAULT, meaning, state.error_next_step or "",
                state.error_detail or "",
            )
        ]  # fmt: skip
    if state.obtained_at is None:
        return [
            Check("login", LOGIN, "Login", Result.UNKNOWN, "the collector holds no token just now")
        ]
    parts = [f"the running collector logged in {_minutes(now - state.obtained_at)} ago"]
    if state.expires_at is not None:
        parts.append(f"its token lasts {_minutes(state.expires_at - now)} more")
    return [Check("login", LOGIN, "Login", Result.OK, ", ".join(parts))]


def _minutes(span: timedelta) -> str:
    return f"{max(span, timedelta()) / timedelta(minutes=1):,.0f} min"
