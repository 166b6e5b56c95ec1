"""The completeness of streamed channels."""

from datetime import UTC, datetime, timedelta

from console.collector.stream_ledger import StreamLedger
from console.streaming.types import ReplayLost, StreamPhase, StreamState
from store.records import CoverageHour, CoverageState

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
A, B = "/event/A", "/event/B"
COMPLETE, PARTIAL = CoverageState.COMPLETE, CoverageState.PARTIAL


def at(minutes):
    return START + timedelta(minutes=minutes)


def streaming(*live, refused=()):
    return StreamState(StreamPhase.STREAMING, "r", START, refused=dict(refused), live=live)


def down(reason="no route"):
    return StreamState(StreamPhase.BACKING_OFF, reason, START)


def said(rows):
    return {(row.source.removeprefix("stream:"), row.hour.hour): row.state for row in rows}


def known(state):
    return [CoverageHour(f"stream:{A}", START, state, None, "", at(20))]


def test_a_restart_with_a_position_heals_the_pause():
    ledger = StreamLedger([A], known(COMPLETE), at(20))
    ledger.continue_from([A])
    assert said(ledger.look(streaming(A), at(150))) == {
        (A, 10): COMPLETE,
        (A, 11): COMPLETE,
        (A, 12): COMPLETE,
    }


def test_a_restart_without_a_position_does_not():
    ledger = StreamLedger([A], known(COMPLETE), at(20))
    assert said(ledger.look(streaming(A), at(150))) == {
        (A, 10): PARTIAL,
        (A, 11): CoverageState.BLIND,
        (A, 12): PARTIAL,
    }


def test_a_stream_that_began_again_without_a_position_has_a_gap():
    ledger = StreamLedger([A], [], None)
    ledger.continue_from([])
    ledger.look(streaming(A), at(-5))
    assert said(ledger.look(streaming(A), at(20))) == {(A, 10): COMPLETE}
    ledger.continue_from([])
    assert said(ledger.look(streaming(A), at(40))) == {(A, 10): PARTIAL}


def test_while_replay_still_delivers_nothing_is_called_complete():
    ledger = StreamLedger([A], known(COMPLETE), at(20))
    ledger.continue_from([A])
    ledger.delivered(A, "7")
    assert ledger.look(streaming(A), at(150)) == []
    assert said(ledger.look(streaming(A), at(151)))[A, 12] is COMPLETE


def test_a_busy_channel_that_has_caught_up_stays_complete():
    ledger = StreamLedger([A], [], None)
    ledger.look(streaming(A), at(-10))
    for minute in range(-9, 10):
        ledger.delivered(A, str(minute))
        ledger.look(streaming(A), at(minute))
    ledger.delivered(A, "99")
    assert said(ledger.look(streaming(A), at(61)))[A, 11] is COMPLETE


def test_a_dead_stream_says_why_and_a_refused_channel_too():
    ledger = StreamLedger([A, B], [], None)
    rows = ledger.look(streaming(A, refused=[(B, "not permitted")]), at(0))
    by_channel = {row.source: row for row in rows}
    assert by_channel[f"stream:{B}"].state is CoverageState.NOT_PERMITTED
    assert by_channel[f"stream:{B}"].reason == "not permitted"
    (row,) = [row for row in ledger.look(down(), at(5)) if row.source == f"stream:{A}"]
    assert row.state is PARTIAL
    assert "no route" in row.reason


def test_lost_events_are_never_healed():
    ledger = StreamLedger([A], known(COMPLETE), at(20))
    ledger.continue_from([A])
    loss = ReplayLost(A, "5", "expired", since=None, at=at(150))
    assert said(ledger.lost(loss, at(150))) == {
        (A, 10): PARTIAL,
        (A, 11): CoverageState.BLIND,
        (A, 12): PARTIAL,
    }
    assert said(ledger.look(streaming(A), at(155))) == {(A, 12): PARTIAL}
    assert said(ledger.look(streaming(A), at(185))) == {(A, 13): COMPLETE}


def test_what_has_been_said_is_not_said_again():
    ledger = StreamLedger([A], [], None)
    assert ledger.look(streaming(A), at(1))
    assert ledger.look(streaming(A), at(2)) == []
