"""Every caller lands in exactly one integration, by the documented order of fallbacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.analysis.attribution import Attribution, CallerIdentity, known_names
from console.settings import IntegrationMatch, IntegrationSettings
from store.records import AppKind, AppRecord, UserRecord


def app(kind: AppKind, app_id: str, name: str, consumer_id: str | None = None) -> AppRecord:
    return AppRecord(
        kind, app_id, name, None, consumer_id, None, None, None, None, None, None, None, None,
        None, {},
    )  # fmt: skip


NAMES = known_names(
    [
        app(AppKind.CONNECTED_APP, "0H4Hs0000008QxKKAU", "Order Sync"),
        app(AppKind.EXTERNAL_CLIENT_APP, "0xIHs000000abcDIAQ", "Billing", "888Hs000000xyzAIAQ"),
    ],
    {
        "005Hs00000BAlWS": UserRecord(
            "005Hs00000BAlWSIA1", "svc@acme.example", None, True, None, None
        )
    },
)


def found(caller: CallerIdentity, *configured: IntegrationSettings) -> tuple[str, str]:
    one = Attribution(configured, NAMES).integration_of(caller)
    return one.name, one.kind


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (CallerIdentity("0H4Hs0000008QxK", None, "c", "005", "u"), ("Order Sync", "connected_app")),
        (CallerIdentity("888Hs000000xyzA", None, None, None, None), ("Billing", "external_client_app")),
        (CallerIdentity("0xIHs000000abcD", "x", None, None, None), ("Billing", "external_client_app")),
        (CallerIdentity(None, "Named", "c", None, "u"), ("Named", "connected_app")),
        (CallerIdentity("888unknown", None, "vendor/app", None, "u"), ("vendor/app", "client")),
        (CallerIdentity(None, None, "Unknown", None, "u@x"), ("u@x", "user")),
        (CallerIdentity(None, None, None, "005Hs00000BAlWS", None), ("svc@acme.example", "user")),
        (CallerIdentity("888zzz", None, None, None, None), ("unresolved 888zzz", "unresolved")),
        (CallerIdentity(None, None, None, None, None), ("unresolved", "unresolved")),
    ],
)  # fmt: skip
def test_the_order_of_fallbacks(caller: CallerIdentity, expected: tuple[str, str]) -> None:
    assert found(caller) == expected


def test_an_owners_match_comes_first_and_needs_every_pattern() -> None:
    erp = IntegrationSettings(
        "ERP", IntegrationMatch(app="order*", user="svc@*"), "team-erp", 20_000
    )
    both = CallerIdentity("0H4Hs0000008QxK", None, None, "005Hs00000BAlWS", None)
    assert found(both, erp) == ("ERP", "connected_app")
    one = CallerIdentity("0H4Hs0000008QxK", None, None, None, "other@acme.example")
    assert found(one, erp) == ("Order Sync", "connected_app")


maybe = st.none() | st.text(max_size=8)


@given(st.builds(CallerIdentity, maybe, maybe, maybe, maybe, maybe))
def test_every_caller_gets_a_name_and_the_same_one_again(caller: CallerIdentity) -> None:
    attribution = Attribution((), NAMES)
    first = attribution.integration_of(caller)
    assert first.name
    assert first.kind in {
        "external_client_app", "connected_app", "client", "user", "unresolved",
    }  # fmt: skip
    assert attribution.integration_of(caller) is first
