"""One table of faults: every row can be reached, has sentences, and a retry class that fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.faults.cometd import COMETD_FAULTS, cometd_row
from console.faults.rest import REST_FAULTS, REST_STATUSES, rest_row
from console.faults.row import FaultRow, Retry
from console.faults.soap import SOAP_FAULTS, soap_row
from console.salesforce.faults import soap_refusal

EVERY_ROW = (*REST_FAULTS, *REST_STATUSES.values(), *SOAP_FAULTS, *COMETD_FAULTS)


@pytest.mark.parametrize("row", EVERY_ROW, ids=lambda row: f"{row.code or row.text}")
def test_a_row_says_what_happened_what_it_means_and_what_to_do(row: FaultRow) -> None:
    assert row.title[0].isupper()
    assert not row.title.endswith(".")
    assert row.meaning.endswith(".")
    assert row.next_step.endswith(".")
    assert row.text == row.text.lower()
    assert (row.wait_s is not None) == (row.retry is Retry.WAIT)


@pytest.mark.parametrize("row", REST_FAULTS, ids=lambda row: f"{row.code} {row.text}")
def test_no_row_of_rest_hides_another(row: FaultRow) -> None:
    assert rest_row(400, row.code, row.text) is row


@pytest.mark.parametrize("row", COMETD_FAULTS, ids=lambda row: row.text)
def test_no_row_of_cometd_hides_another(row: FaultRow) -> None:
    assert cometd_row(f"403::{row.text}") is row


@pytest.mark.parametrize(
    ("error", "reason", "title", "retry"),
    [
        ("401::Authentication invalid", "", "The org no longer accepts the token", "new_token"),
        ("401::Request requires authentication", "", "The org saw no token", "new_token"),
        (
            "403::Handshake denied",
            "403::Organization concurrent user limit exceeded",
            "The org's limit of streaming clients is used up",
            "back_off",
        ),
        (
            "401::Authentication invalid",
            "503::Server is too busy.  Please try your request again later.",
            "The org is too busy to stream",
            "back_off",
        ),
        ("403::Unknown client", "", "The org forgot the session", "new_session"),
        (
            "403::Organization total events daily limit exceeded",
            "",
            "The org's daily event allocation is used up",
            "back_off",
        ),
        (
            "403::Handshake denied",
            "403::To protect all customers from excessive use and Denial of Service attacks, we "
            "limit the number of simultaneous connections per server. Your request has been "
            "denied because this limit has been exceeded. Please try your request again later.",
            "Too many clients on the org's server",
            "back_off",
        ),
        ("403::Restricted channel", "", "The channel is restricted", "final"),
        ("403::User not enabled for streaming", "", "The user may not use the Streaming", "final"),
        ("403::Cannot create channel /event/X", "", "The org has no such channel", "final"),
        (
            "403::Subscription limit exceeded for this topic",
            "",
            "The channel has as many subscribers as it may",
            "back_off",
        ),
        (
            "403:denied_by_security_policy:create_denied",
            "",
            "The org has no such channel, or the user may not see it",
            "final",
        ),
        (
            "403:denied_by_security_policy:subscribe_denied",
            "503::Server is too busy.  Please try your request again later.",
            "The org is too busy to stream",
            "back_off",
        ),
        (
            "400::The channel you requested to subscribe to doesn't exist {/event/X}",
            "",
            "The org has no such channel",
            "final",
        ),
        (
            "400::The replayId {1} you provided was invalid.  Please provide a valid ID, -2 to "
            "replay all events, or -1 to replay only new events.",
            "",
            "The place to go on from is no longer kept",
            "once",
        ),
        (
            "400::The replayId for channel {/event/X} wasn't found using the provided replay ID "
            "map {{}}. Ensure that the channel name you provided in the replay map is valid and "
            "matches the channel name used for subscribing.",
            "",
            "The org did not find the place to go on from",
            "once",
        ),
        ("400::Channel name not specified", "", "The channel's name is not valid", "final"),
        (
            "400::Channel subscriptions must start with a leading '/'",
            "",
            "The channel's name is not valid",
            "final",
        ),
        (
            "400::Authenticated user id does not match the session's user id",
            "",
            "The session belongs to another user",
            "new_session",
        ),
        (
            "400::Client abc has established a session, but no BAYEUX_BROWSER cookie present",
            "",
            "The org lost the session's cookie",
            "new_session",
        ),
        ("413::Maximum Request Size Exceeded", "", "The streaming request was too large", "final"),
        ("404::Unknown channel", "", "The org has no such channel", "final"),
        ("402::Something else", "", "The org forgot the session", "new_session"),
        ("500::whatever", "", "The org cannot stream now", "back_off"),
        ("403::Something new", "", "The org refused to stream", "once"),
    ],
)
def test_what_the_streaming_guide_lists(error: str, reason: str, title: str, retry: str) -> None:
    row = cometd_row(error, reason)
    assert row.title.startswith(title)
    assert row.retry == retry


@pytest.mark.parametrize(
    ("code", "text", "title"),
    [
        ("sf:INVALID_SESSION_ID", "INVALID_SESSION_ID: Invalid Session ID", "for metadata"),
        ("sf:INSUFFICIENT_ACCESS", "", "may not read metadata"),
        ("sf:INVALID_TYPE", "", "this kind of metadata"),
        ("UNSUPPORTED_API_VERSION", "Invalid Api version", "version is not supported"),
        ("sf:REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", "no API calls left"),
        ("sf:REQUEST_RUNNING_TOO_LONG", "", "ran too long"),
        ("sf:API_DISABLED_FOR_ORG", "", "API is not enabled"),
        ("soapenv:Server", "boom", "has trouble"),
        ("sf:SOMETHING_NEW", "new words", "refused the request"),
    ],
)
def test_a_soap_fault_is_explained(code: str, text: str, title: str) -> None:
    fault = soap_refusal(code, text, "listMetadata")
    assert title in fault.title
    assert code in fault.detail
    assert text in fault.detail
    assert "listMetadata" in fault.meaning


@pytest.mark.parametrize(
    ("retry", "reads", "writes"),
    [
        (Retry.FINAL, 1, 1),
        (Retry.ONCE, 2, 1),
        (Retry.BACK_OFF, 4, 1),
        (Retry.WAIT, 1, 1),
        (Retry.NEW_TOKEN, 1, 1),
    ],
)
def test_what_may_be_sent_again(retry: Retry, reads: int, writes: int) -> None:
    assert retry.attempts(4, is_read=True) == reads
    assert retry.attempts(4, is_read=False) == writes


@given(st.text(), st.text(), st.integers(400, 599))
def test_anything_has_a_row(code: str, message: str, status: int) -> None:
    for row in (rest_row(status, code, message), soap_row(code, message)):
        assert row.title
    assert cometd_row(code, message).title


@given(st.text(alphabet="ABCDEFGHIJ_", min_size=1), st.text())
def test_a_refusal_that_nobody_knows_is_final_for_what_changes_something(
    code: str, message: str
) -> None:
    for row in (rest_row(400, code, message), soap_row(code, message)):
        assert row.retry.attempts(4, is_read=False) == 1
