import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import resources
from store.resources import OTHER_RESOURCES, ResourceIds, joined_resource, split_resource
from store.terms import TermIds
from tests.unit.store.fresh import fresh_store

pieces = st.sampled_from(
    ["v62.0", "sobjects", "Account", "001Hs000001abcDIAQ", "42", "{…}", "", "?q=1", "query",
     "01g5g00000tXQZ5AAO-2000", "3f6f6a1e-5f0c-4a39-9a53-0d1f0c6a9b11", OTHER_RESOURCES]
)  # fmt: skip
paths = st.lists(pieces, max_size=6).map("/".join)


@given(st.one_of(paths, st.text()))
def test_what_was_split_is_joined_to_the_letter(resource: str) -> None:
    shape, parts = split_resource(resource)

    assert joined_resource(shape, parts) == resource


@pytest.mark.parametrize(
    ("resource", "shape"),
    [
        ("/v62.0/query", "/v62.0/query"),
        ("/v62.0/sobjects/Account/001Hs000001abcDIAQ", "/v62.0/sobjects/Account/{…}"),
        ("/v62.0/sobjects/Account/001Hs000001abcD/Owner", "/v62.0/sobjects/Account/{…}/Owner"),
        ("/v62.0/query/01g5g00000tXQZ5AAO-2000", "/v62.0/query/{…}"),
        ("/v62.0/query?q=SELECT+Id", "/v62.0/query?{…}"),
        ("/async/62.0/job/7503X00000as1sz/batch/7513X00000jx500", "/async/62.0/job/{…}/batch/{…}"),
        (
            "/v62.0/composite/batch/3f6f6a1e-5f0c-4a39-9a53-0d1f0c6a9b11",
            "/v62.0/composite/batch/{…}",
        ),
        ("describeSObjects", "describeSObjects"),
        ("/v62.0/sobjects/EventLogFilesOf/describe", "/v62.0/sobjects/EventLogFilesOf/describe"),
    ],
)
def test_calls_on_different_records_share_a_shape(resource: str, shape: str) -> None:
    assert split_resource(resource)[0] == shape


def test_a_dictionary_that_is_full_keeps_further_resources_in_the_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resources, "MAX_TERMS", 3)
    with fresh_store() as connection:
        terms = TermIds(connection)
        for text in ("a", "b", "/known"):
            assert terms[text]
        ids = ResourceIds(connection, terms)

        known, parts = ids["/known"]
        other, kept = ids["/new/001Hs000001abcD?x=1"]

        assert (known, parts) == (terms["/known"], None)
        assert other == terms[OTHER_RESOURCES]
        assert json.loads(kept or "") == ["/new/001Hs000001abcD?x=1"]
        assert joined_resource(OTHER_RESOURCES, kept) == "/new/001Hs000001abcD?x=1"
