"""What the simulated org really did, so that what a console shows can be compared with it.

Spans hold what happened at ``since <= t < until``; a span that reaches the present holds the
present moment too. Generated calls never fall on a minute's first millisecond, so for spans of
whole minutes it makes no difference to them which end is open.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from console.simulator.app_columns import EcaLogId, logged_app_id_15
from console.simulator.integration import SimIntegration
from console.simulator.logins import Logins
from console.simulator.moments import HOUR_MS, MINUTE_MS, iso_ms
from console.simulator.own_acts import OwnActs, OwnCall
from console.simulator.story import SimApp
from console.simulator.traffic import Traffic

Json = dict[str, object]


@dataclass(slots=True)
class _Sum:
    """Calls of one integration."""

    calls: int = 0
    counted_calls: int = 0
    errors: int = 0
    by_hour: Counter[int] = field(default_factory=Counter)
    """Counted calls by hour since 1970."""

    def add(self, hour: int, calls: int, counted_calls: int, errors: int) -> None:
        self.calls += calls
        self.counted_calls += counted_calls
        self.errors += errors
        self.by_hour[hour] += counted_calls


class Ledger:
    """Sums calls per integration, hour by hour.

    Memory: two numbers for each integration and each hour of the last 40 days asked about.
    """

    def __init__(
        self,
        traffic: Traffic,
        logins: Logins,
        own: OwnActs,
        eca_log_id: EcaLogId,
    ) -> None:
        self._traffic = traffic
        self._logins = logins
        self._own = own
        self._eca_log_id = eca_log_id
        self._hour = lru_cache(maxsize=960)(self._sum_hour)

    def integrations(self, since_ms: int, until_ms: int) -> list[Json]:
        """Every integration with its calls at ``since_ms <= t < until_ms``, largest first."""
        sums = {integration: _Sum() for integration in self._traffic.integrations}
        for hour, first_ms, end_ms in _hours(since_ms, until_ms):
            whole = end_ms - first_ms == HOUR_MS
            counts = self._hour(hour) if whole else self._count(first_ms, end_ms)
            for integration, (calls, errors) in counts.items():
                counted = calls if integration.counts else 0
                sums[integration].add(hour, calls, counted, errors)
        hours = [hour for hour, _, _ in _hours(since_ms, until_ms)]
        entries = [self._entry(integration, sums[integration], hours) for integration in sums]
        entries.extend(self._own_entries(since_ms, until_ms, hours))
        return sorted(entries, key=lambda entry: (-_int(entry["counted_calls"]), str(entry)))

    def own_requests(self, since_ms: int, until_ms: int) -> Json:
        """What real clients asked for in the span."""
        calls = self._own.calls(since_ms, until_ms)
        return {
            "calls": len(calls),
            "counted_calls": sum(1 for call in calls if call.request.counted),
            "errors": sum(1 for call in calls if call.request.status >= 400),
            "by_client": dict(Counter(call.request.client_name for call in calls)),
        }

    def logins(self, since_ms: int, until_ms: int) -> Json:
        """Login attempts of known users in the span."""
        found = [
            login
            for minute in range(since_ms // MINUTE_MS, -(-until_ms // MINUTE_MS))
            for login in self._logins.of_minute(minute)
            if since_ms <= login.at_ms < until_ms
        ]
        found.extend(self._own.logins(since_ms, until_ms))
        return {
            "total": len(found),
            "failed": sum(1 for login in found if not login.succeeded),
            "by_application": dict(sorted(Counter(login.application for login in found).items())),
            "by_user": dict(sorted(Counter(login.user.username for login in found).items())),
        }

    def _sum_hour(self, hour: int) -> dict[SimIntegration, tuple[int, int]]:
        return self._count(hour * HOUR_MS, (hour + 1) * HOUR_MS)

    def _count(self, first_ms: int, end_ms: int) -> dict[SimIntegration, tuple[int, int]]:
        calls: Counter[SimIntegration] = Counter()
        errors: Counter[SimIntegration] = Counter()
        for minute in range(first_ms // MINUTE_MS, -(-end_ms // MINUTE_MS)):
            for call in self._traffic.calls(minute):
                if first_ms <= call.at_ms < end_ms:
                    calls[call.integration] += 1
                    errors[call.integration] += call.failed
        return {integration: (count, errors[integration]) for integration, count in calls.items()}

    def _entry(self, integration: SimIntegration, total: _Sum, hours: list[int]) -> Json:
        app = integration.app
        logged_id = logged_app_id_15(app, self._eca_log_id)
        client, user = integration.client_name, integration.users[0].username
        return {
            "name": integration.name,
            "kind": integration.kind,
            "app_id": app.app_id if app else None,
            "user": user,
            "users": [user.username for user in integration.users],
            "sources": list(integration.addresses),
            "client": client,
            "api_version": integration.api_version,
            "families": sorted({shape.family for shape in integration.shapes}),
            "logged_app_id": logged_id,
            "logged_app_name": app.name if app and integration.logs_app_name else "",
            **_seen(app, logged_id, client, user),
            "real": False,
            **_numbers(total, hours),
        }

    def _own_entries(self, since_ms: int, until_ms: int, hours: list[int]) -> Iterator[Json]:
        """Real clients, one entry for each app, else client, else user."""
        groups: dict[str, list[OwnCall]] = {}
        for call in self._own.calls(since_ms, until_ms):
            request = call.request
            app_name = request.app.name if request.app else ""
            groups.setdefault(app_name or request.client_name or request.username, []).append(call)
        for name, calls in groups.items():
            total = _Sum()
            for call in calls:
                failed = call.request.status >= 400
                total.add(call.at_ms // HOUR_MS, 1, int(call.request.counted), int(failed))
            first = calls[0].request
            kind = first.app.kind if first.app else "client" if first.client_name else "user"
            logged_id = logged_app_id_15(first.app, self._eca_log_id)
            yield {
                "name": name,
                "kind": kind,
                "app_id": first.app.app_id if first.app else None,
                "user": first.username,
                "users": sorted({call.request.username for call in calls}),
                "sources": sorted({call.request.client_ip for call in calls}),
                "client": first.client_name,
                "api_version": first.api_version,
                "families": sorted({call.request.api_family for call in calls}),
                "logged_app_id": logged_id,
                "logged_app_name": "",
                **_seen(first.app, logged_id, first.client_name, first.username),
                "real": True,
                **_numbers(total, hours),
            }


def _seen(app: SimApp | None, logged_id: str, client: str, user: str) -> Json:
    """What the log rows allow to be said: the installed app, else the client, else the user."""
    if app is not None and app.app_id is not None and logged_id:
        return {"seen_kind": app.kind, "seen_name": app.name}
    return {"seen_kind": "client" if client else "user", "seen_name": client or user}


def span_hours(since_ms: int, until_ms: int) -> list[str]:
    """The starts of the UTC hours that a span touches: what each ``by_hour`` lines up with."""
    return [iso_ms(hour * HOUR_MS) for hour, _, _ in _hours(since_ms, until_ms)]


def _hours(since_ms: int, until_ms: int) -> Iterator[tuple[int, int, int]]:
    """(hour since 1970, first millisecond, end) of each hour that a span touches."""
    for hour in range(since_ms // HOUR_MS, -(-until_ms // HOUR_MS)):
        start_ms = hour * HOUR_MS
        yield hour, max(since_ms, start_ms), min(until_ms, start_ms + HOUR_MS)


def _numbers(total: _Sum, hours: list[int]) -> Json:
    return {
        "calls": total.calls,
        "counted_calls": total.counted_calls,
        "errors": total.errors,
        "by_hour": [total.by_hour[hour] for hour in hours],
    }


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
