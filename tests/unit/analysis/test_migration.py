"""The states of apps follow from inventory and traffic, and nothing is claimed beyond them."""

from dataclasses import replace

import pytest

from console.analysis.migration import AppTraffic, app_key, assess, broad_scopes_of
from store.records import AppKind, AppRecord

OLD = AppRecord(
    AppKind.CONNECTED_APP, "0H4000000000001AAA", "Billing Sync", None, None, None, None, None,
    None, None, None, None, None, None, {},
)  # fmt: skip
NEW = replace(
    OLD, kind=AppKind.EXTERNAL_CLIENT_APP, app_id="0xI000000000001AAA",
    name="Billing Sync", developer_name="Billing_Sync",
)  # fmt: skip
SOME = AppTraffic(10, ("svc@acme.example",), ("62.0",), None)


def state_of(app: AppRecord, apps: list[AppRecord], traffic: dict[str, AppTraffic]) -> str:
    (found,) = [one for one in assess(apps, traffic, "today") if one.app is app]
    return found.state


@pytest.mark.parametrize(
    ("old_calls", "new_calls", "expected"),
    [
        (True, True, "dual_running"),
        (False, True, "traffic_moved"),
        (True, False, "counterpart_idle"),
        (False, False, "both_idle"),
    ],
)
def test_a_pair_is_judged_by_its_traffic(old_calls: bool, new_calls: bool, expected: str) -> None:
    traffic = {}
    if old_calls:
        traffic[app_key(OLD)] = SOME
    if new_calls:
        traffic[app_key(NEW)] = SOME
    assert state_of(OLD, [OLD, NEW], traffic) == expected
    assert state_of(NEW, [OLD, NEW], traffic) == "external_client_app"


def test_apps_without_a_counterpart() -> None:
    vendor = replace(OLD, namespace="vendorns")
    loose = replace(OLD, kind=AppKind.UNINSTALLED, app_id=None)
    assert state_of(OLD, [OLD], {}) == "not_started"
    assert state_of(vendor, [vendor], {}) == "not_migratable_here"
    assert state_of(loose, [loose], {}) == "uninstalled"


def test_silence_of_an_app_that_is_not_installed_is_unknown_not_zero() -> None:
    loose = replace(OLD, kind=AppKind.UNINSTALLED, app_id=None)
    (found,) = assess([loose], {}, "today")
    assert found.traffic.calls is None
    assert any("cannot be matched" in line for line in found.evidence)


def test_two_apps_of_one_name_are_never_paired_by_it() -> None:
    twin = replace(NEW, app_id="0xI000000000002AAA")
    assert state_of(OLD, [OLD, NEW, twin], {app_key(NEW): SOME}) == "not_started"


def test_old_versions_block_and_bring_a_deadline() -> None:
    old_version = AppTraffic(5, (), ("35.0", "62.0", "unknown"), None)
    (found,) = assess([OLD], {app_key(OLD): old_version}, "today")
    assert any("35.0" in blocker for blocker in found.blockers)
    assert {when for when, _ in found.deadlines} == {"Summer '27", "Summer '28"}


def test_broad_scopes() -> None:
    assert broad_scopes_of(None) == ()
    assert broad_scopes_of(["api"]) == ()
    assert broad_scopes_of(["Full", "web", "api"]) == ("full", "web")
    assert broad_scopes_of(["api", "refresh_token"]) == ("refresh_token + api",)
