"""The console's own login in one line: how old, how long still, and what stands in the way."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from console.presenters import formats
from console.safe_text import visible
from store.records import LoginState
from widgets.row_types import Cell, Field, FieldGroup, Tone

_TEXT_LIMIT = 400
_SOON_DAYS = 30


def login_line(login: LoginState | None, now: datetime) -> tuple[Cell, ...]:
    """The line above the lists."""
    if login is None:
        return (Cell("? no login is recorded in this store", Tone.MUTED),)
    if login.obtained_at is not None and login.obtained_at > now:
        return (Cell("? the login of that time is no longer recorded", Tone.MUTED),)
    cells = list(_refused(login, login.error, now) if login.error else _token(login, now))
    if login.key_in_use == "next":
        cells.append(Cell("next key in use   ", Tone.WARNING))
    if login.certificate_until is not None:
        cells.append(_certificate(login.certificate_until, now))
    return tuple(cells)


def _token(login: LoginState, now: datetime) -> Iterator[Cell]:
    if login.obtained_at is None:
        yield Cell("? no token just now   ", Tone.MUTED)
        return
    age = f"token {formats.span(now - login.obtained_at)} old"
    if login.expires_at is None:
        yield Cell(f"✓ {age}, its end is not known   ", Tone.GOOD)
    elif login.expires_at <= now:
        yield Cell(f"✖ token expired {formats.span(now - login.expires_at)} ago   ", Tone.BAD)
    else:
        source = f" ({visible(login.expiry_source)})" if login.expiry_source else ""
        yield Cell(f"✓ {age}, {formats.span(login.expires_at - now)} left", Tone.GOOD)
        yield Cell(f"{source}   ", Tone.MUTED)


def _refused(login: LoginState, error: str, now: datetime) -> Iterator[Cell]:
    """What is wrong, when it is tried again, and whether the token before it still serves."""
    yield Cell(f"✖ {visible(error, _TEXT_LIMIT)}   ", Tone.BAD)
    if login.next_attempt_at is not None:
        wait = login.next_attempt_at - now
        due = f"next attempt in {formats.span(wait)}" if wait > timedelta() else "tried again soon"
        yield Cell(f"{due}   ", Tone.MUTED)
    if login.obtained_at is not None and login.expires_at is not None and login.expires_at > now:
        left = formats.span(login.expires_at - now)
        yield Cell(f"the token before it serves {left} more   ", Tone.MUTED)


def _certificate(until: datetime, now: datetime) -> Cell:
    if until <= now:
        return Cell(f"certificate ended {formats.span(now - until)} ago", Tone.BAD)
    days = (until - now).days
    left = formats.plural(days, "day") if days else formats.span(until - now)
    tone = Tone.WARNING if days < _SOON_DAYS else Tone.MUTED
    return Cell(f"certificate {left}", tone)


def login_fields(login: LoginState | None, now: datetime) -> FieldGroup:
    """Everything known of the login, for the detail."""
    if login is None:
        return FieldGroup("Own login", (), empty="none is recorded in this store")
    fields = [
        Field("As", visible(login.username)),
        Field("Token since", formats.day_time(login.obtained_at)),
        Field("Until", formats.day_time(login.expires_at)),
        Field("Known from", visible(login.expiry_source or formats.UNKNOWN)),
        Field("Last asked for", formats.day_time(login.last_request_at)),
    ]
    if login.error:
        fields.append(Field("Last error", visible(login.error, _TEXT_LIMIT), Tone.BAD))
        fields += [
            Field(name, visible(text, _TEXT_LIMIT))
            for name, text in (
                ("It means", login.error_meaning),
                ("What to do", login.error_next_step),
                ("It said", login.error_detail),
            )
            if text
        ]
    if login.next_attempt_at is not None and login.next_attempt_at > now:
        fields.append(Field("Next attempt", formats.day_time(login.next_attempt_at)))
    if login.introspection:
        fields.append(Field("Introspection", visible(login.introspection, _TEXT_LIMIT)))
    if login.key_in_use is not None:
        switched = login.key_switched_at
        since = f", since {formats.day_time(switched)}" if switched else ""
        fields.append(Field("Key", f"the {visible(login.key_in_use)} one{since}"))
    if login.certificate_until is not None:
        fields.append(Field("Certificate until", formats.day(login.certificate_until)))
    return FieldGroup("Own login", tuple(fields))
