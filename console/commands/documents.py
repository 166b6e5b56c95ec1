"""The JSON documents of the command line: one envelope, one shape of ``data`` per kind.

Scripts and pipelines rely on these shapes. Unknown is ``null``, and ``unknown`` says why; a field
is added freely and changed only with a new schema number.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from console.answers.apps import AppsAnswer
from console.answers.coverage import Completeness, CoverageAnswer
from console.answers.events import EventsAnswer
from console.answers.limits import LimitsAnswer, PoolAnswer
from console.answers.moment import Moment
from console.answers.usage import IntegrationUsage, UsageAnswer
from store.records import StoredEvent

Document = dict[str, Any]

INTEGRATION_FIELDS = (
    "name", "kind", "app_id", "owner", "calls", "counted_calls", "share", "errors", "budget",
    "over_budget", "users", "sources", "clients", "families", "api_versions", "first_seen",
    "last_seen",
)  # fmt: skip
"""The fields of one integration of the kind ``usage``, in order."""

EVENT_FIELDS = (
    "time", "source", "channel", "type", "user", "app", "source_ip", "client", "user_agent",
    "api_type", "api_version", "operation", "entities", "rows", "status", "login_key",
    "session_key", "request_id", "event_uuid", "replay_id",
)  # fmt: skip
"""The fields of one event of the kind ``events``, in order."""


def utc_text(at: datetime | None) -> str | None:
    """``at`` as ISO 8601 in UTC with ``Z``, milliseconds only where there are any."""
    if at is None:
        return None
    at = at.astimezone(UTC)
    spec = "milliseconds" if at.microsecond // 1000 else "seconds"
    return at.replace(tzinfo=None).isoformat(timespec=spec) + "Z"


def envelope(
    kind: str,
    org: str,
    moment: Moment,
    completeness: Completeness,
    data: Document,
    unknown: Mapping[str, str] | None = None,
) -> Document:
    """``data`` with what every document carries: schema, org, span and coverage."""
    document: Document = {
        "schema": f"orgwatch/{kind}/1",
        "org": org,
        "as_of": utc_text(moment.as_of),
        "since": utc_text(moment.since),
        "until": utc_text(moment.until),
        "coverage": {
            "state": completeness.state,
            "gaps": [
                {
                    "source": gap.source,
                    "from": utc_text(gap.start),
                    "to": utc_text(gap.end),
                    "reason": gap.reason,
                }
                for gap in completeness.gaps
            ],
        },
        "data": data,
    }
    if unknown:
        document["unknown"] = dict(unknown)
    return document


def limits_data(answer: LimitsAnswer) -> tuple[Document, dict[str, str]]:
    """``data`` of the kind ``limits``, and why what is null is unknown."""
    pool = answer.pool
    data: Document = {
        "api_pool": _pool(pool),
        "limits": [
            {
                "name": limit.name,
                "max": limit.max_value,
                "used": limit.used,
                "used_fraction": _rounded(limit.used_fraction),
                "severity": limit.severity,
                "sampled_at": utc_text(limit.sampled_at),
                "exhausted_at": None,
            }
            for limit in answer.limits
        ],
        "own_calls": {
            "last_24h": answer.own_calls.last_24h,
            "budget": answer.own_calls.budget,
            "by_purpose": dict(answer.own_calls.by_purpose),
        },
    }
    unknown = {"limits[].exhausted_at": "only the API pool has a forecast"}
    if pool.used_calls is None:
        unknown["api_pool"] = "no response header and no /limits answer is stored"
    elif pool.exhausted_at is None:
        unknown["api_pool.exhausted_at"] = pool.forecast
    if pool.calls_per_hour is None:
        unknown["api_pool.calls_per_hour"] = "fewer than ten minutes of readings and no full logs"
    return data, unknown


def _pool(pool: PoolAnswer) -> Document:
    return {
        "used": pool.used_calls,
        "max": pool.max_calls,
        "used_fraction": _rounded(pool.used_fraction),
        "calls_per_hour": _rounded(pool.calls_per_hour),
        "exhausted_at": utc_text(pool.exhausted_at),
        "forecast": pool.forecast,
        "severity": pool.severity,
        "source": pool.source,
        "sampled_at": utc_text(pool.sampled_at),
    }


def usage_data(answer: UsageAnswer) -> tuple[Document, dict[str, str]]:
    """``data`` of the kind ``usage``, and why what is null is unknown."""
    data: Document = {
        "pool_used": answer.pool_used,
        "attributed": answer.attributed,
        "unattributed": answer.unattributed,
        "logs_until": utc_text(answer.logs_until),
        "integrations": [integration(one) for one in answer.integrations],
    }
    unknown = {}
    if answer.pool_used is None:
        unknown["pool_used"] = (
            "the pool is a 24-hour count: it is known only for a window of 24 hours "
            "that ends where a reading is stored"
        )
    if answer.integrations and not answer.counts_known:
        unknown["integrations[].counted_calls"] = (
            "no ApiTotalUsage file is stored for this span; the logs of single API families do "
            "not say what counts, so every request is taken to count"
        )
    if answer.logs_until is None:
        unknown["logs_until"] = "no ApiTotalUsage log file is stored"
    return data, unknown


def integration(one: IntegrationUsage) -> Document:
    """One integration of the kind ``usage``."""
    return {
        "name": one.name,
        "kind": one.kind,
        "app_id": one.app_id,
        "owner": one.owner,
        "calls": one.calls,
        "counted_calls": one.counted_calls,
        "share": _rounded(one.share),
        "errors": one.errors,
        "budget": one.budget_calls,
        "over_budget": one.over_budget,
        "users": list(one.users),
        "sources": list(one.sources),
        "clients": list(one.clients),
        "families": list(one.families),
        "api_versions": list(one.api_versions),
        "first_seen": utc_text(one.first_seen),
        "last_seen": utc_text(one.last_seen),
    }


def events_data(answer: EventsAnswer) -> tuple[Document, dict[str, str]]:
    """``data`` of the kind ``events``."""
    return {"events": [event(one) for one in answer.events], "more": answer.more}, {}


def event(one: StoredEvent) -> Document:
    """One event of the kinds ``events`` and ``timeline``."""
    return {
        "time": utc_text(one.occurred_at),
        "source": one.source,
        "channel": one.channel,
        "type": one.event_type,
        "user": one.username or one.user_id,
        "app": one.app_name or one.app_id,
        "source_ip": one.source_ip,
        "client": one.client,
        "user_agent": one.user_agent,
        "api_type": one.api_type,
        "api_version": one.api_version,
        "operation": one.operation,
        "entities": one.entities,
        "rows": one.rows,
        "status": one.status,
        "login_key": one.login_key,
        "session_key": one.session_key,
        "request_id": one.request_id,
        "event_uuid": one.event_uuid,
        "replay_id": one.replay_id,
    }


def apps_data(answer: AppsAnswer) -> tuple[Document, dict[str, str]]:
    """``data`` of the kind ``apps``, and why what is null is unknown."""
    data: Document = {
        "taken_at": utc_text(answer.taken_at),
        "apps": [
            {
                "name": app.name,
                "kind": app.kind,
                "id": app.app_id,
                "state": app.state,
                "evidence": list(app.evidence),
                "blockers": list(app.blockers),
                "scopes": None if app.scopes is None else list(app.scopes),
                "broad_scopes": list(app.broad_scopes),
                "flows": None,
                "users": list(app.users),
                "calls_window": app.calls_window,
                "counterpart": app.counterpart,
                "last_used": utc_text(app.last_used),
                "api_versions": list(app.api_versions),
                "deadlines": [{"when": when, "what": what} for when, what in app.deadlines],
            }
            for app in answer.apps
        ],
        "summary": dict(answer.summary),
        "org_blockers": list(answer.org_blockers),
        "not_visible": dict(answer.not_visible),
    }
    unknown = {"apps[].flows": "the flows of an app are in metadata, which is not read"}
    if any(app.scopes is None for app in answer.apps):
        unknown["apps[].scopes"] = "a connected app's scopes are in metadata, which is not read"
    if any(app.calls_window is None for app in answer.apps):
        unknown["apps[].calls_window"] = (
            "log rows cannot be matched to an app that is not installed in the org"
        )
    if answer.taken_at is None:
        unknown["taken_at"] = "no inventory has been read yet"
    return data, unknown


def coverage_data(answer: CoverageAnswer) -> tuple[Document, dict[str, str]]:
    """``data`` of the kind ``coverage``."""
    rows = [
        {
            "source": hour.source,
            "hour": utc_text(hour.hour),
            "state": str(hour.state),
            "records": hour.records,
            "reason": hour.reason,
        }
        for hour in answer.hours
    ]
    return {"hours": rows}, {}


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 6)
