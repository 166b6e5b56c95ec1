"""A refusal of the token endpoint as a fault with sentences, by the table beside this file."""

import re
from datetime import timedelta

import httpx

from console.errors import LoginRefused
from console.salesforce.login_fault_table import ROWS, UNKNOWN, LoginFaultRow, RetryClass
from console.salesforce.login_request import Refusal
from console.settings import PRODUCTION_AUDIENCE, SANDBOX_AUDIENCE, OrgSettings

SKEW_WORTH_SAYING = timedelta(seconds=60)

_PRODUCTION_HOST = re.compile(r"(?!.*--)[a-z0-9-]+\.my\.salesforce\.com")
"""Further labels before ``my`` (``develop``, ``scratch``, …) leave the kind open, and so do two
hyphens, which stand before a sandbox's name where enhanced domains are off (Salesforce help, My
Domain URL formats)."""


def login_fault(
    refusal: Refusal, settings: OrgSettings, skew: timedelta | None = None
) -> LoginRefused:
    """The sentences for ``refusal``.

    ``skew`` is the org's time minus this machine's, where the refusal's Date header told it.
    """
    row = row_for(refusal)
    words = {
        "username": settings.username,
        "audience": settings.audience,
        "login_url": settings.login_url,
        "skew": _skew_sentence(skew),
        "mixed_up": _mixed_up(settings),
    }
    return LoginRefused(
        row.title,
        row.meaning.format(**words).strip(),
        row.next_step.format(**words).strip(),
        f"{refusal.error}: {refusal.description}" if refusal.description else refusal.error,
        retryable=row.retry is not RetryClass.FIX,
        retry_after_s=row.wait_s,
        code=refusal.error,
    )


def row_for(refusal: Refusal) -> LoginFaultRow:
    """The table's row for ``refusal``; any with a status of 500 or more is trouble over there."""
    if refusal.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return next(row for row in ROWS if "server_error" in row.codes)
    description = refusal.description.lower()
    fitting = (row for row in ROWS if refusal.error in row.codes and row.text in description)
    return next(fitting, UNKNOWN)


def doubts_key(refusal: Refusal) -> bool:
    """Whether another configured key or consumer key may be accepted instead."""
    return row_for(refusal).doubts_key


def is_about_time(refusal: Refusal) -> bool:
    """Whether a wrong clock here may be the cause."""
    return refusal.error == "invalid_grant" and (
        "expired authorization code" in refusal.description.lower()
        or "assertion" in refusal.description.lower()
    )


def kind_of_host(url: str) -> str | None:
    """``sandbox`` or ``production`` where the host's name tells; None for every other host.

    A sandbox's My Domain ends in ``.sandbox.my.salesforce.com`` (as Salesforce's own command line
    tells them apart: sfdx-core, ``sfdcUrl``).
    """
    try:
        host = httpx.URL(url).host.lower()
    except httpx.InvalidURL:
        return None
    if host == "test.salesforce.com" or host.endswith(".sandbox.my.salesforce.com"):
        return "sandbox"
    if host == "login.salesforce.com" or _PRODUCTION_HOST.fullmatch(host):
        return "production"
    return None


def _mixed_up(settings: OrgSettings) -> str:
    """Which of the two addresses belongs to a sandbox, where that is the likely mistake."""
    audience = settings.audience.rstrip("/")
    kind = kind_of_host(settings.login_url)
    if kind == "sandbox" and audience == PRODUCTION_AUDIENCE:
        return (
            f"login_url {settings.login_url} is a sandbox's address, but audience is "
            f"production's: set audience to {SANDBOX_AUDIENCE}."
        )
    if kind == "production" and audience == SANDBOX_AUDIENCE:
        return (
            f"login_url {settings.login_url} is not a sandbox's address, but audience is the "
            f"sandboxes': set audience to {PRODUCTION_AUDIENCE}."
        )
    return ""


def _skew_sentence(skew: timedelta | None) -> str:
    if skew is None:
        return "Usually this machine's clock is behind."
    if abs(skew) < SKEW_WORTH_SAYING:
        return "This machine's clock agrees with the org's, so the request was slow on its way."
    minutes = abs(skew) / timedelta(minutes=1)
    direction = "behind" if skew > timedelta() else "ahead of"
    return f"This machine's clock is {minutes:.0f} min {direction} the org's."
