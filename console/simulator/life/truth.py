"""What the simulated org really did, so that what a console shows can be compared with it.

Spans hold what happened at ``since <= t < until``; a span that reaches the present holds the
present moment too. Generated calls never fall on a minute's first millisecond, so for spans of
whole minutes it makes no difference to them which end is open.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from console.simulator.life.login_tally import LoginTallies
from console.simulator.life.logins import Logins
from console.simulator.life.org_acts import OrgActs
from console.simulator.life.own_acts import OwnActs, OwnCall
from console.simulator.life.tally import CallTallies, Tally
from console.simulator.life.traffic import Traffic
from console.simulator.logs.app_columns import EcaLogId, logged_app_id_15
from console.simulator.moments import HOUR_MS, iso_ms
from console.simulator.org.integration import SimIntegration
from console.simulator.org.story import SimApp

Json = dict[str, object]
_ACT_KINDS = (
    "ReportExport",
    "LoginAs",
    "PermissionChange",
    "SetupChange",
    "AnomalyFound",
)


@dataclass(slots=True)
class _Sum:
    """Calls of one integration."""

    tally: Tally = field(default_factory=Tally)
    counted_calls: int = 0
    by_hour: Counter[int] = field(default_factory=Counter)
    """Counted calls by hour since 1970."""


class Ledger:
    """Sums calls per integration, hour by hour; sums of whole hours are kept.

    Memory: what `CallTallies` and `LoginTallies` keep.
    """

    def __init__(
        self,
        traffic: Traffic,
        logins: Logins,
        acts: OrgActs,
        own: OwnActs,
        eca_log_id: EcaLogId,
    ) -> None:
        self._integrations = traffic.integrations
        self._calls = CallTallies(traffic)
        self._logins = LoginTallies(logins)
        self._acts = acts
        self._own = own
        self._eca_log_id = eca_log_id

    def preparing(self, since_ms: int, until_ms: int) -> Iterator[None]:
        """Do in short steps what makes telling of a span slow, so that others get their turn."""
        return self._calls.preparing(since_ms, until_ms)

    def integrations(self, since_ms: int, until_ms: int) -> list[Json]:
        """Every integration with its calls at ``since_ms <= t < until_ms``, largest first."""
        sums = {integration: _Sum() for integration in self._integrations}
        for hour, first_ms, end_ms in _hours(since_ms, until_ms):
            for integration, tally in self._calls.between(first_ms, end_ms).items():
                total = sums[integration]
                total.tally.add(tally)
                if integration.counts:
                    total.counted_calls += tally.calls
                    total.by_hour[hour] += tally.calls
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
        return self._logins.told(since_ms, until_ms, self._own.logins(since_ms, until_ms))

    def acts(self, since_ms: int, until_ms: int) -> dict[str, int]:
        """What else was done in the span, by kind of `console.simulator.life.acts`.

        Steps of bulk jobs are left out: they are calls of the family ``Bulk``.
        """
        counts = Counter(type(act).__name__ for act in self._acts.between(since_ms, until_ms))
        return {kind: counts[kind] for kind in _ACT_KINDS}

    def _entry(self, integration: SimIntegration, total: _Sum, hours: list[int]) -> Json:
        app = integration.app
        logged_id = logged_app_id_15(app, self._eca_log_id)
        client, user = integration.client_name, integration.users[0].username
        return {
            "name": integration.name,
            "key": integration.key,
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
                total.tally.add_own(call)
                total.counted_calls += call.request.counted
                total.by_hour[call.at_ms // HOUR_MS] += call.request.counted
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
        "calls": total.tally.calls,
        "counted_calls": total.counted_calls,
        **total.tally.as_document(),
        "by_hour": [total.by_hour[hour] for hour in hours],
    }


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
