from hypothesis import given
from hypothesis import strategies as st

from console.screens.refresh import RefreshGate


def test_nothing_is_read_until_it_is_wanted() -> None:
    gate = RefreshGate()
    assert gate.start() is None
    gate.want()
    assert gate.start() is not None


def test_wishes_during_a_reading_become_one_reading_after_it() -> None:
    gate = RefreshGate()
    gate.want()
    gate.start()
    gate.want()
    gate.want()
    assert gate.start() is None
    assert gate.finish()
    assert gate.start() is not None
    gate.finish()
    assert gate.start() is None


def test_the_answer_to_an_old_question_is_dropped_and_asked_anew_at_once() -> None:
    gate = RefreshGate()
    gate.want()
    gate.start()
    gate.tick()
    gate.tick()
    gate.question_changed()
    assert not gate.finish()
    assert gate.start() is not None
    assert gate.finish()


def test_a_slow_reading_is_followed_by_as_long_a_rest() -> None:
    gate = RefreshGate()
    gate.want()
    gate.start()
    gate.tick()
    gate.tick()
    gate.finish()
    gate.want()
    assert gate.start() is None
    gate.tick()
    assert gate.start() is None
    gate.tick()
    assert gate.start() is not None


@given(st.lists(st.sampled_from(["want", "change", "tick", "start", "finish"])))
def test_never_two_at_once_and_the_last_wish_is_always_served(acts: list[str]) -> None:
    gate = RefreshGate()
    running = False
    for act in acts:
        if act == "want":
            gate.want()
        elif act == "change":
            gate.question_changed()
        elif act == "tick":
            gate.tick()
        elif act == "start" and gate.start() is not None:
            assert not running
            running = True
        elif act == "finish" and running:
            gate.finish()
            running = False
    if running:
        gate.finish()
    gate.want()
    served = False
    for _ in range(len(acts) + 1):
        served = served or gate.start() is not None
        gate.tick()
    assert served
