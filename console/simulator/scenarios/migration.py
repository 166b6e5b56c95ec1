"""Apps on every stretch of the way from connected app to External Client App."""

from console.simulator.moments import DAY_MIN, MINUTE_MS
from console.simulator.org.integration import RhythmChange
from console.simulator.scenarios.migration_cast import (
    MIGRATION_FACTS,
    MIGRATION_INTEGRATIONS,
    SUPPORT_NEW,
    SUPPORT_OLD,
)
from console.simulator.scenarios.scenario import AppStanding, Opening, Plot, Scenario

_MOVED_DAYS_AGO = 4
_FOR_GOOD_MIN = 3_650 * DAY_MIN


def _plot(opening: Opening) -> Plot:
    """Support Portal's traffic went over at noon some days ago."""
    opened_day = opening.opened_ms // MINUTE_MS // DAY_MIN
    moved = (opened_day - _MOVED_DAYS_AGO) * DAY_MIN + DAY_MIN // 2
    return Plot(
        changes=(
            RhythmChange(SUPPORT_OLD, moved, moved + _FOR_GOOD_MIN, factor=0.0),
            RhythmChange(SUPPORT_NEW, moved - _FOR_GOOD_MIN, moved, factor=0.0),
        )
    )


_STANDINGS = (
    AppStanding(
        "Ledger Link",
        0,
        "Not visible",
        blockers=("calls under a consumer id of which no object of the org tells",),
    ),
    AppStanding(
        "HR Feed",
        1,
        "Uninstalled, still used",
        blockers=("not installed: install or block it",),
    ),
    AppStanding(
        "Backup Vault", 2, "Vendor must move it", blockers=("belongs to the package bkvault",)
    ),
    AppStanding("MuleSoft ERP", 3, "Not started"),
    AppStanding(
        "BI Dashboards",
        3,
        "Not started",
        blocked_from_simple_move=True,
        blockers=("username-password flow", "API version 42.0 is old", "full and web scopes"),
    ),
    AppStanding(
        "Data Warehouse Loader",
        4,
        "External Client App exists, no traffic",
        counterpart="Data_Warehouse_Loader",
        match="name",
    ),
    AppStanding("Billing Sync", 5, "Both carry traffic", counterpart="Billing_Sync", match="name"),
    AppStanding(
        "Support Portal",
        6,
        "Traffic moved, four days ago",
        counterpart="Support_Portal",
        match="name",
    ),
    AppStanding(
        "Order Sync",
        6,
        "Traffic moved by the migration button",
        counterpart="Order_Sync",
        match="consumer_key",
    ),
    AppStanding(
        "Marketing Hub",
        7,
        "Old app idle since November 2025",
        counterpart="Marketing_Hub",
        match="name",
    ),
    AppStanding(
        "Field Service Sync",
        8,
        "Old app blocked",
        counterpart="Field_Service_Sync",
        match="name",
    ),
    AppStanding("Website Forms", 9, "Old app deleted", counterpart="Website_Forms"),
)

MIGRATION = Scenario(
    name="migration",
    title="A migration in progress, every state of it",
    description=(
        "Acme moves its connected apps to External Client Apps, and has one in every state: not"
        " visible, never installed, a vendor's, not begun, held up by the username-password flow,"
        " prepared, running on both, moved days ago, moved by the migration button with the same"
        " consumer key, idle, blocked, deleted. Truth names the state, the counterpart, what shows"
        " the two to be one, and what holds the app up."
    ),
    facts=MIGRATION_FACTS,
    integrations=MIGRATION_INTEGRATIONS,
    plot=_plot,
    dead_credentials=False,
    standings=_STANDINGS,
)
