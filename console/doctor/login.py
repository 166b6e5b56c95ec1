"""The console's own login, as checks."""

from datetime import datetime, timedelta

from console.doctor.check import LOGIN, Check, Result
from console.salesforce.types import AccessToken
from store.records import LoginState


def granted(token: AccessToken, now: datetime) -> Check:
    """A login that has just succeeded."""
    left = _minutes(token.expires_at - now)
    said = f"granted; the token lasts {left} more ({token.expiry_source})"
    return Check("login", LOGIN, "Login", Result.OK, said)


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
