"""The console's own login in one line: how old, how long still, and what stands in the way."""

from datetime import datetime

from console.presenters import formats
from console.safe_text import visible
from store.records import LoginState
from widgets.row_types import Cell, Field, FieldGroup, Tone

_TEXT_LIMIT = 200
_SOON_DAYS = 30


def login_line(login: LoginState | None, now: datetime) -> tuple[Cell, ...]:
    """The line above the lists."""
    if login is None:
        return (Cell("? no login is recorded in this store", Tone.MUTED),)
    cells = list(_state(login, now))
    if login.certificate_until is not None:
        days = (login.certificate_until - now).days
        text = f"certificate {days} days" if days >= 0 else f"certificate ended {-days} days ago"
        cells.append(Cell(f"   {text}", Tone.WARNING if days < _SOON_DAYS else Tone.MUTED))
    if login.key_in_use is not None:
        tone = Tone.WARNING if login.key_in_use == "next" else Tone.MUTED
        cells.append(Cell(f"   {login.key_in_use} key", tone))
    if not login.error and login.expiry_source:
        cells.append(Cell(f"   end known from {visible(login.expiry_source)}", Tone.MUTED))
    return tuple(cells)


def _state(login: LoginState, now: datetime) -> tuple[Cell, ...]:
    if login.error:
        cells = (Cell(f"✖ {visible(login.error, _TEXT_LIMIT)}", Tone.BAD),)
        if login.next_attempt_at is not None and login.next_attempt_at > now:
            wait = formats.span(login.next_attempt_at - now)
            return (*cells, Cell(f"   next attempt in {wait}", Tone.MUTED))
        return cells
    if login.obtained_at is None:
        return (Cell("? no token just now", Tone.MUTED),)
    text = f"✓ token {formats.span(now - login.obtained_at)} old"
    if login.expires_at is None:
        return (Cell(text, Tone.GOOD),)
    if login.expires_at <= now:
        return (Cell(f"✖ token expired {formats.span(now - login.expires_at)} ago", Tone.BAD),)
    left = f", {formats.span(login.expires_at - now)} left"
    return (Cell(text + left, Tone.GOOD),)


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
        fields.append(Field("Last error", visible(login.error), Tone.BAD))
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
        fields.append(Field("Introspection", visible(login.introspection)))
    if login.certificate_until is not None:
        fields.append(Field("Certificate until", formats.day(login.certificate_until)))
    return FieldGroup("Own login", tuple(fields))
