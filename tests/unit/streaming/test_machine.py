"""Pauses and phases, decided without network or clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.errors import LoginRefused, OrgUnreachable
from console.streaming.backoff import Backoff
from console.streaming.faults import EndKind, SessionEnd
from console.streaming.machine import StreamMachine
from console.streaming.types import StreamPhase, StreamTimings

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TIMINGS = StreamTimings()
KINDS = st.sampled_from(EndKind)
UNIT = st.floats(0, 1, exclude_max=True)


def machine(random=lambda: 0.999):
    return StreamMachine(NOW, TIMINGS, random)


@given(st.floats(0.001, 10), st.floats(10, 1000), st.floats(0, 1), st.integers(), UNIT)
def test_a_pause_stays_between_its_floor_and_its_cap(base, cap, floor, failures, draw):
    delay = Backoff(base, cap, floor).delay_s(failures, lambda: draw)
    whole = min(cap, base * 2.0 ** min(max(failures, 0), 32))
    assert whole * floor * 0.999 <= delay <= whole * 1.001


@given(st.lists(st.tuples(KINDS, st.booleans()), max_size=80), UNIT)
def test_no_pause_is_longer_than_the_caps_and_the_screen_knows_it(ends, draw):
    subject = machine(lambda: draw)
    longest = max(TIMINGS.backoff_cap_s, TIMINGS.busy_s, TIMINGS.login_cap_s)
    for kind, healthy in ends:
        delay = subject.ended(SessionEnd(kind, "why"), NOW, healthy=healthy)
        assert 0 <= delay <= longest
        assert subject.state.next_attempt_at == NOW + timedelta(seconds=delay)
        assert subject.state.phase in (StreamPhase.BACKING_OFF, StreamPhase.LOGIN_FAILED)


def test_a_routine_drop_of_a_healthy_session_costs_no_pause():
    subject = machine()
    for _ in range(5):
        assert subject.ended(SessionEnd(EndKind.UNKNOWN_CLIENT, "w"), NOW, healthy=True) == 0


def test_the_same_drop_without_progress_does():
    subject = machine()
    end = SessionEnd(EndKind.UNKNOWN_CLIENT, "w")
    delays = [subject.ended(end, NOW, healthy=False) for _ in range(6)]
    assert delays[0] == 0
    assert delays[1:] == sorted(delays[1:])
    assert delays[-1] > 4


def test_a_busy_org_is_left_alone_for_minutes():
    assert machine(lambda: 0.0).ended(SessionEnd(EndKind.BUSY, "w"), NOW, healthy=True) >= 60


def test_the_servers_own_wish_is_kept():
    end = SessionEnd(EndKind.NETWORK, "w", retry_after_s=42.0)
    assert machine().ended(end, NOW, healthy=True) == 42.0


def test_a_second_refused_token_in_a_row_is_a_failed_login():
    subject = machine()
    end = SessionEnd(EndKind.AUTHENTICATION, "the org refused the token")
    assert subject.ended(end, NOW, healthy=False) == 0
    assert subject.state.phase is StreamPhase.BACKING_OFF
    assert subject.ended(end, NOW, healthy=False) >= TIMINGS.login_base_s / 2
    assert subject.state.phase is StreamPhase.LOGIN_FAILED
    assert subject.ended(end, NOW, healthy=True) == 0


def test_a_refused_login_and_an_unreachable_org_are_not_the_same():
    subject = machine()
    subject.token_failed(OrgUnreachable("No such host", "m", "n"), NOW)
    assert (subject.state.phase, subject.state.reason) == (StreamPhase.BACKING_OFF, "No such host")
    delay = subject.token_failed(LoginRefused("Wrong key", "m", "n", retry_after_s=900), NOW)
    assert subject.state.phase is StreamPhase.LOGIN_FAILED
    assert delay == 900


def test_streaming_keeps_the_moment_at_which_it_began():
    subject = machine()
    subject.streaming(NOW, ("/event/A",), {"/event/B": "no"})
    subject.streaming(NOW + timedelta(minutes=5), ("/event/A", "/event/B"), {})
    assert subject.state.since == NOW
    assert subject.state.reason == "2 of 2 channels"
