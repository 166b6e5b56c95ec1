"""Answers as the store could give them, for the presenters and screens of the rooms."""

from datetime import UTC, datetime, timedelta

from console.answers.apps import AppAnswer, AppsAnswer
from console.answers.coverage import Completeness
from console.answers.events import EventDetail, EventsAnswer
from console.answers.usage import IntegrationUsage, Spread, UsageAnswer
from store.records import StoredEvent

NOW = datetime(2026, 11, 16, 17, 4, 31, tzinfo=UTC)
LOGS_UNTIL = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)
HOURS = tuple(datetime(2026, 11, 15, 17, tzinfo=UTC) + timedelta(hours=n) for n in range(25))
COMPLETE = Completeness("complete", (), "logs to 13:00, 4 h behind; stream complete")

_STORY = (
    ("MuleSoft ERP", "connected_app", "0H4aa0000000001", "team-erp", 31_204, 412, 30_000),
    ("Data Warehouse Loader", "connected_app", "0H4aa0000000002", "team-data", 18_930, 96, None),
    ("Billing Sync", "connected_app", "0H4aa0000000003", None, 9_811, 43, 20_000),
    ("Support Portal", "external_client_app", "0xIaa0000000004", "team-care", 7_420, 8, 8_000),
    ("Marketing Hub", "external_client_app", "0xIaa0000000005", None, 4_033, 310, None),
    ("Order Sync", "external_client_app", "0xIaa0000000006", None, 3_960, 2, None),
    ("BI Dashboards", "connected_app", "0H4aa0000000007", None, 2_712, 0, None),
    ("Warehouse Scanner", "client", None, None, 1_877, 51, None),
    ("svc-analyst@acme.example", "user", None, None, 640, 3, None),
    ("HR Feed", "unresolved", "888aa0000000009", None, 512, 0, None),
    ("Backup Vault", "connected_app", "0H4aa0000000010", None, 404, 0, None),
    ("orgwatch", "external_client_app", "0xIaa0000000011", None, 288, 0, 1_150),
)


def usage_answer(**changes: object) -> UsageAnswer:
    """Twelve integrations of one day; logs four hours behind."""
    pool_used = 92_310
    integrations = tuple(_integration(*row, pool_used) for row in _STORY)
    attributed = sum(one.counted_calls for one in integrations)
    values: dict[str, object] = {
        "as_of": NOW,
        "since": NOW - timedelta(hours=24),
        "until": NOW,
        "pool_used": pool_used,
        "attributed": attributed,
        "unattributed": pool_used - attributed,
        "logs_until": LOGS_UNTIL,
        "integrations": integrations,
        "hours": HOURS,
        "slot": timedelta(hours=1),
        "completeness": COMPLETE,
    }
    return UsageAnswer(**(values | changes))  # type: ignore[arg-type]


def _integration(
    name: str,
    kind: str,
    app_id: str | None,
    owner: str | None,
    calls: int,
    errors: int,
    budget: int | None,
    pool_used: int,
) -> IntegrationUsage:
    weights = [(n * 7 + len(name)) % 11 + (6 if 13 <= n <= 19 else 1) for n in range(20)]
    by_hour = [calls * weight // sum(weights) for weight in weights]
    by_hour[-1] += calls - sum(by_hour)
    return IntegrationUsage(
        name=name,
        kind=kind,
        app_id=app_id,
        owner=owner,
        calls=calls + calls // 50,
        counted_calls=calls,
        share=calls / pool_used,
        errors=errors,
        budget_calls=budget,
        over_budget=None if budget is None else calls > budget,
        users=(f"svc-{name.split()[0].lower()}@acme.example",),
        sources=("192.0.2.10", "192.0.2.11"),
        clients=(f"{name.split()[0].lower()}/4.4",),
        families=("REST", "BULK"),
        api_versions=("58.0", "42.0"),
        first_seen=NOW - timedelta(hours=23),
        last_seen=LOGS_UNTIL - timedelta(seconds=12),
        by_hour=(*by_hour, 0, 0, 0, 0, 0),
        spreads=(
            Spread("source_ip", (("192.0.2.10", calls * 3 // 4), ("192.0.2.11", calls // 4))),
            Spread("api_version", (("58.0", calls * 2 // 3), ("42.0", calls // 3))),
            Spread(
                "resource", tuple((f"/sobjects/Object{n}", calls // (n + 2)) for n in range(16))
            ),
            Spread("entity", (("Account", calls // 2), ("Order", calls // 3), ("", calls // 6))),
            Spread("status", (("200", calls - errors), ("429", errors))),
        ),
    )


def event(number: int, **changes: object) -> StoredEvent:
    """The ``number``-th event of a busy minute: mostly reads, some logins, a few that failed."""
    login = number % 5 == 0
    values: dict[str, object] = {
        "key": f"s{number}",
        "source": "stream",
        "channel": "/event/LoginEventStream" if login else "/event/ApiEventStream",
        "event_type": "LoginEventStream" if login else "ApiEventStream",
        "occurred_at": NOW - timedelta(hours=1) + timedelta(seconds=number * 3),
        "user_id": "005aa000000000AAA",
        "username": f"svc-{('erp', 'dwh', 'billing')[number % 3]}@acme.example",
        "source_ip": f"192.0.2.{number % 250}",
        "app_id": None,
        "app_name": ("MuleSoft ERP", None, "Billing Sync")[number % 3],
        "client": ("mulesoft/4.4", "python-requests/2.32", None)[number % 3],
        "user_agent": "python-requests/2.32",
        "api_type": "REST",
        "api_version": "58.0",
        "operation": None if login else "Query",
        "entities": None if login else "Account, Contact",
        "rows": None if login else number * 17 % 2_400,
        "status": ("Invalid Password" if number % 15 == 0 else "Success") if login else None,
        "login_key": "mXoVqbUpfCXQBLnk",
        "session_key": "vMASKIU6AxEr+Op5",
        "request_id": "3nWgxWbDKWWDIk0FKfF5DV",
        "event_uuid": f"52a7cc81-ea35-411e-8b34-{number:012d}",
        "replay_id": str(5_000_000 + number),
    }
    return StoredEvent(**(values | changes))  # type: ignore[arg-type]


def events_answer(count: int = 120, *, more: bool = False) -> EventsAnswer:
    """``count`` events, newest first."""
    return EventsAnswer(
        as_of=NOW,
        events=tuple(event(number) for number in reversed(range(1, count + 1))),
        more=more,
        per_minute=tuple(14 + (minute * 5) % 13 for minute in range(60)),
        completeness=COMPLETE,
    )


def detail(**changes: object) -> EventDetail:
    """One event with its fields and raw record."""
    return EventDetail(
        event=event(16, **changes),
        fields=(
            ("EventDate", "2026-11-16T16:05:19.000Z"),
            ("Username", "svc-dwh@acme.example"),
            ("Query", "SELECT Id, Name FROM Account WHERE LastModifiedDate > 2026-11-16T00:00:00Z"),
            ("QueriedEntities", "Account"),
            ("SessionLevel", "STANDARD"),
            ("PolicyId", ""),
            ("SourceIp", "192.0.2.16"),
        ),
        raw='{\n  "channel": "/event/ApiEventStream",\n  "data": {\n    "payload": {}\n  }\n}',
    )


def apps_answer(**changes: object) -> AppsAnswer:
    """Nine apps in seven states."""
    apps = tuple(_app(*row) for row in _APPS)
    states = tuple(dict.fromkeys(app.state for app in apps))
    values: dict[str, object] = {
        "as_of": NOW,
        "taken_at": NOW - timedelta(minutes=21),
        "apps": apps,
        "summary": tuple((s, sum(app.state == s for app in apps)) for s in states),
        "org_blockers": ("tokens of apps that are not installed: HR Feed",),
        "not_visible": (("BlacklistedConsumer", "needs the permission View Setup"),),
        "completeness": COMPLETE,
    }
    return AppsAnswer(**(values | changes))  # type: ignore[arg-type]


_APPS = (
    ("HR Feed", "uninstalled", "uninstalled", "not installed here", 512),
    ("Backup Vault", "connected_app", "not_migratable_here", "its vendor must move it", 404),
    ("MuleSoft ERP", "connected_app", "not_started", "not started", 31_204),
    ("Data Warehouse Loader", "connected_app", "not_started", "not started", 18_930),
    ("BI Dashboards", "connected_app", "not_started", "not started", 2_712),
    ("Billing Sync", "connected_app", "dual_running", "running on both", 9_811),
    ("Order Sync", "connected_app", "traffic_moved", "traffic moved", 0),
    ("Support Portal", "external_client_app", "external_client_app", "External Client App", 7_420),
    ("Marketing Hub", "external_client_app", "external_client_app", "External Client App", 4_033),
)


def _app(name: str, kind: str, state: str, title: str, calls: int) -> AppAnswer:
    broad = name in {"BI Dashboards", "MuleSoft ERP"}
    return AppAnswer(
        name=name,
        kind=kind,
        app_id=None if kind == "uninstalled" else f"0H4{abs(len(name)):012d}",
        state=state,
        state_title=title,
        evidence=(
            f"{calls:,} calls from 2026-11-15 17:04 to 2026-11-16 13:00 UTC",
            "no External Client App of the same name",
        ),
        blockers=("OAuth username-password flow in use",) if broad else (),
        scopes=None if kind == "uninstalled" else ("Api", "RefreshToken", *(["Full"] * broad)),
        broad_scopes=("Full",) if broad else (),
        users=(f"svc-{name.split()[0].lower()}@acme.example",) if calls else (),
        calls_window=calls,
        counterpart="Order Sync (ECA)" if state == "traffic_moved" else None,
        last_used=NOW - timedelta(hours=4) if calls else None,
        api_versions=("42.0", "58.0") if calls else (),
        deadlines=(("Summer '27", "support of connected apps ends"),)
        if kind == "connected_app"
        else (),
        pre_authorized_only=kind == "external_client_app",
    )
