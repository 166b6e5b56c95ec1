"""orgwatch's user loses one permission after the other."""

from datetime import timedelta
from types import MappingProxyType

from console.simulator.moments import DAY_MS, MINUTE_MS
from console.simulator.org import story_people as people
from console.simulator.org.permissions import Permission
from console.simulator.scenarios.scenario import (
    Incident,
    Opening,
    PermissionStep,
    Plot,
    Scenario,
)

_STEP_MIN = 15
_LOST = (
    Permission.VIEW_REAL_TIME_EVENTS,
    Permission.VIEW_EVENT_LOG_FILES,
    Permission.VIEW_EVENT_LOG_OBJECT_DATA,
    Permission.ECA_VIEWER,
    Permission.MODIFY_METADATA,
    Permission.CUSTOMIZE_APPLICATION,
    Permission.MONITOR_LOGIN_HISTORY,
    Permission.MANAGE_USERS,
    Permission.VIEW_SETUP,
    Permission.API_ENABLED,
)
_FOR_GOOD_MS = 365 * DAY_MS


def _plot(opening: Opening) -> Plot:
    incidents = tuple(
        Incident(
            kind="permission_lost",
            subject=people.CONSOLE.username,
            since_ms=opening.begin_ms + n * _STEP_MIN * MINUTE_MS,
            until_ms=opening.begin_ms + _FOR_GOOD_MS,
            must_find=f"orgwatch's user has lost {permission.label}.",
            users=(people.CONSOLE.username,),
            figures=MappingProxyType({"permission": permission.value}),
        )
        for n, permission in enumerate(_LOST)
    )
    return Plot(incidents=incidents)


MISSING_PERMISSIONS = Scenario(
    name="missing-permissions",
    title="Permissions vanish one by one",
    description=(
        "Every quarter of an hour orgwatch's user loses one more permission: streamed events, log"
        " files, event log objects, External Client Apps, metadata, other users' tokens, login"
        " history, users, setup, and at last the API itself. After each step a console must say"
        " what it no longer sees and which permission would bring it back, and never show a zero."
    ),
    plot=_plot,
    permission_steps=tuple(
        PermissionStep(timedelta(minutes=n * _STEP_MIN), permission.value)
        for n, permission in enumerate(_LOST)
    ),
)
