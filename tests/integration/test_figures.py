"""What orgwatch shows equals what the simulated org really did, figure by figure.

The truth comes from the simulated org's control endpoint; the answers come from the command line
on a store that a collector filled over real HTTP.
"""

import csv
import io
import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from console.commands import cli
from console.commands.demo import ground_truth
from tests.conftest import FIXED_NOW, Collected

HOUR = timedelta(hours=1)
LOGGED_SINCE, LOGGED_UNTIL = (
    FIXED_NOW.replace(minute=0) - 20 * HOUR,
    FIXED_NOW.replace(minute=0) - 10 * HOUR,
)
"""Whole hours whose log files, late ones too, have long been there."""


def run(collected: Collected, *arguments: str) -> Result:
    config = collected.running.announcement["config_file"]
    place = ["--config", config, "--store", str(collected.store_file)]
    return CliRunner().invoke(cli, [*arguments, *place], catch_exceptions=False)


def document(collected: Collected, *arguments: str) -> dict[str, Any]:
    result = run(collected, *arguments, "--json")
    assert result.exit_code == 0, result.output
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def test_every_document_carries_the_envelope_of_the_contract(collected: Collected) -> None:
    for kind in ("limits", "usage", "events", "apps", "coverage"):
        found = document(collected, kind)
        assert found["schema"] == f"orgwatch/{kind}/1"
        assert found["org"] == "acme"
        assert found["coverage"]["state"] in ("complete", "partial", "blind")
        for key in ("as_of", "since", "until"):
            assert found[key].endswith("Z")
            assert datetime.fromisoformat(found[key]).tzinfo is not None


def test_the_pool_is_the_orgs_own_count(collected: Collected) -> None:
    pool = document(collected, "limits")["data"]["api_pool"]
    own = collected.truth["own_requests"]["counted_calls"]
    assert pool["max"] == collected.truth["pool_max"] == 115_000
    assert pool["source"] == "header"
    assert 0 <= collected.truth["pool_used"] - pool["used"] <= own
    assert pool["used_fraction"] == pytest.approx(pool["used"] / 115_000, abs=1e-6)


def test_own_calls_are_counted_to_the_call(collected: Collected) -> None:
    own = document(collected, "limits")["data"]["own_calls"]
    assert own["last_24h"] == collected.truth["own_requests"]["counted_calls"]
    assert sum(own["by_purpose"].values()) == own["last_24h"]
    assert own["budget"] == 1150


def test_every_limit_is_there_and_the_most_endangered_is_first(collected: Collected) -> None:
    limits = document(collected, "limits")["data"]["limits"]
    assert len(limits) >= 50
    fractions = [one["used_fraction"] for one in limits if one["used_fraction"] is not None]
    assert fractions == sorted(fractions, reverse=True)
    severities = {one["severity"] for one in limits}
    assert {"ok", "warning", "critical"} <= severities


def calls_by_identity(integrations: list[dict[str, Any]], name: str) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for one in integrations:
        counts[one[name], one.get("seen_kind", one["kind"])] += one["counted_calls"]
    return +counts


def test_consumption_per_integration_equals_the_truth(collected: Collected) -> None:
    since, until = LOGGED_SINCE.isoformat(), LOGGED_UNTIL.isoformat()
    shown = document(collected, "usage", "--since", since, "--until", until)["data"]
    control = collected.running.announcement["control_url"]
    truth = ground_truth(control, LOGGED_SINCE, LOGGED_UNTIL)
    expected: Counter[str] = Counter()
    for one in truth["integrations"]:
        expected[one["configured_name"]] += one["counted_calls"]
    found: Counter[str] = Counter()
    for one in shown["integrations"]:
        found[one["name"]] += one["counted_calls"]
    # What the logs cannot name is shown under the user; the truth knows its real name.
    renamed = {"HR Feed": "svc-hr@acme.example"}
    expected = Counter({renamed.get(name, name): count for name, count in expected.items()})
    assert +found == +expected
    assert shown["attributed"] == truth["counted_calls"]


def test_errors_users_and_addresses_equal_the_truth(collected: Collected) -> None:
    since, until = LOGGED_SINCE.isoformat(), LOGGED_UNTIL.isoformat()
    shown = document(collected, "usage", "--since", since, "--until", until)["data"]
    control = collected.running.announcement["control_url"]
    truth = {
        (one["configured_name"], one["kind"]): one
        for one in ground_truth(control, LOGGED_SINCE, LOGGED_UNTIL)["integrations"]
    }
    for name, kind in (("MuleSoft ERP", "connected_app"), ("Order Sync", "external_client_app")):
        (found,) = [
            one for one in shown["integrations"] if (one["name"], one["kind"]) == (name, kind)
        ]
        expected = truth[name, kind]
        assert found["errors"] == expected["errors"]
        assert set(found["users"]) == set(expected["users"])
        assert set(found["sources"]) == set(expected["sources"])
        assert set(found["families"]) == set(expected["families"])


def test_the_parts_and_the_rest_sum_to_the_pool(collected: Collected) -> None:
    data = document(collected, "usage")["data"]
    assert data["attributed"] == sum(one["counted_calls"] for one in data["integrations"])
    assert data["attributed"] + data["unattributed"] == data["pool_used"]
    assert data["unattributed"] >= 0


def test_every_delivered_event_is_stored_once(collected: Collected) -> None:
    listed = document(collected, "events", "--source", "stream", "--limit", "100000")["data"]
    uuids = [one["event_uuid"] for one in listed["events"]]
    assert len(uuids) == len(set(uuids))
    counts = Counter(
        one["channel"]
        for one in listed["events"]
        if datetime.fromisoformat(one["time"]) > FIXED_NOW - 24 * HOUR
    )
    channels = collected.running.where.required_org().stream_channels
    for channel in channels:
        # EventDate lies some seconds before publication, so the window's edge may differ.
        assert abs(counts[channel] - collected.truth["events"][channel]) <= 20


def test_apps_and_users_in_events_have_names(collected: Collected) -> None:
    listed = document(collected, "events", "--source", "stream", "--limit", "2000")["data"]
    unnamed = {one["app"] for one in listed["events"] if (one["app"] or "").startswith("0H4")}
    assert not unnamed
    assert any(one["app"] == "orgwatch" for one in listed["events"])


def test_apps_by_kind_and_state(collected: Collected) -> None:
    data = document(collected, "apps")["data"]
    kinds = Counter(one["kind"] for one in data["apps"])
    assert kinds == collected.truth["apps"]
    states = {(one["name"], one["kind"]): one["state"] for one in data["apps"]}
    assert states["Billing Sync", "connected_app"] == "dual_running"
    assert states["Order Sync", "connected_app"] == "traffic_moved"
    assert states["MuleSoft ERP", "connected_app"] == "not_started"
    assert states["Backup Vault", "connected_app"] == "not_migratable_here"
    assert states["HR Feed", "uninstalled"] == "uninstalled"
    assert sum(data["summary"].values()) == len(data["apps"])


def test_coverage_says_what_is_complete_and_what_is_not_there_yet(collected: Collected) -> None:
    hours = document(collected, "coverage")["data"]["hours"]
    logs = {one["hour"]: one for one in hours if one["source"] == "log:ApiTotalUsage"}
    states = Counter(one["state"] for one in logs.values())
    assert states["complete"] >= 15
    assert states["pending"] >= 2
    assert all(one["reason"] for one in hours if one["state"] != "complete")


def test_csv_holds_the_same_rows_as_json(collected: Collected) -> None:
    rows = list(csv.DictReader(io.StringIO(run(collected, "usage", "--csv").stdout)))
    data = document(collected, "usage")["data"]["integrations"]
    assert [int(row["counted_calls"]) for row in rows] == [one["counted_calls"] for one in data]
    assert [row["name"] for row in rows] == [one["name"] for one in data]


def test_tables_name_the_same_integrations(collected: Collected) -> None:
    shown = run(collected, "usage").stdout
    for name in ("MuleSoft ERP", "Warehouse Scanner", "not in the logs yet"):
        assert name in shown


def test_an_earlier_moment_shows_nothing_of_later(collected: Collected) -> None:
    earlier = (FIXED_NOW - 6 * HOUR).isoformat()
    events = document(collected, "events", "--as-of", earlier, "--limit", "50")["data"]["events"]
    assert events
    assert all(datetime.fromisoformat(one["time"]) <= FIXED_NOW - 6 * HOUR for one in events)


def test_a_window_without_data_is_no_quiet_org(collected: Collected) -> None:
    from console.errors import NotCollected

    with pytest.raises(NotCollected):
        run(collected, "usage", "--since", "2020-01-01", "--until", "2020-01-02")
