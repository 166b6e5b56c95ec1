"""What the org's refusals mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.streaming.faults import (
    EndKind,
    end_of_reply,
    end_of_status,
    error_code,
    failure_reason,
    refusal_sentence,
    refuses_replay_id,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"error": "401::Authentication invalid"}, EndKind.AUTHENTICATION),
        ({"error": "401::Request requires authentication"}, EndKind.AUTHENTICATION),
        ({"error": "402::Unknown client"}, EndKind.UNKNOWN_CLIENT),
        ({"error": "403::Unknown client"}, EndKind.UNKNOWN_CLIENT),
        ({"error": "403::Client has not completed handshake"}, EndKind.UNKNOWN_CLIENT),
        ({"error": "403::Organization concurrent user limit exceeded"}, EndKind.BUSY),
        ({"error": "403::Organization total events daily limit exceeded"}, EndKind.BUSY),
        ({"error": "403::User not enabled for streaming"}, EndKind.DENIED),
        ({"error": "500::whatever"}, EndKind.BUSY),
        ({"error": "403::Something new"}, EndKind.DENIED),
        ({}, EndKind.DENIED),
        (
            {
                "error": "403::Handshake denied",
                "ext": {"sfdc": {"failureReason": "401::Authentication invalid"}},
            },
            EndKind.AUTHENTICATION,
        ),
        (
            {
                "error": "401::Authentication invalid",
                "ext": {"sfdc": {"failureReason": "503::Server is too busy.  Please try"}},
            },
            EndKind.BUSY,
        ),
        (
            {
                "error": "400::Client abc has established a session, "
                "but no BAYEUX_BROWSER cookie present"
            },
            EndKind.UNKNOWN_CLIENT,
        ),
    ],
)
def test_replies(reply, kind):
    assert end_of_reply(reply).kind is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, EndKind.UNREADABLE),
        (302, EndKind.UNREADABLE),
        (401, EndKind.AUTHENTICATION),
        (403, EndKind.DENIED),
        (429, EndKind.NETWORK),
        (500, EndKind.NETWORK),
        (503, EndKind.NETWORK),
    ],
)
def test_http_answers(status, kind):
    end = end_of_status(status, 7.0, "<html>", None)
    assert end.kind is kind
    assert end.retry_after_s == (7.0 if kind is EndKind.NETWORK else None)


@pytest.mark.parametrize(
    ("error", "about_replay"),
    [
        ("400::The replayId {5} you provided was invalid.  Please provide a valid ID, -2", True),
        (
            "400::The replayId for channel {/event/X} wasn't found using the provided replay ID "
            "map {{}}. Ensure that the channel name",
            True,
        ),
        ("400::The channel you requested to subscribe to doesn't exist {/event/X}", False),
        ("403:denied_by_security_policy:create_denied", False),
        ("403::replay invalid", False),
    ],
)
def test_what_is_about_the_replay_id(error, about_replay):
    assert refuses_replay_id({"error": error}) is about_replay
    assert error in refusal_sentence({"error": error})


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["error", "ext", "advice"]), JSON))
def test_any_shape_of_reply_has_a_meaning(reply):
    end = end_of_reply(reply)
    assert end.reason
    assert len(end.detail) <= 500
    assert refusal_sentence(reply)
    assert isinstance(failure_reason(reply), str)
    assert isinstance(refuses_replay_id(reply), bool)


@settings(deadline=None)
@given(st.text())
def test_an_error_code_is_three_digits_at_the_start(text):
    code = error_code(text)
    assert code is None or text.startswith(f"{code:03}")
