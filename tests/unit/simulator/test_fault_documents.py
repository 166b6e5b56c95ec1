"""What a fault document may say, and the sentence that answers one that is not understood."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.faults.board import MAX_STANDING, FaultBoard
from console.simulator.faults.documents import fault_from
from console.simulator.faults.kinds import AT_ONCE, KEYS, FaultKind, FaultNotUnderstood
from console.simulator.faults.script import FaultScript
from tests.unit.simulator.stepped_clock import NOON, SteppedClock


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"kind": "earthquake"}, "kind must be one of: http_error, http_503"),
        ({}, "kind must be one of"),
        ([], "the body must be a JSON object"),
        ({"kind": "slow", "delay": 1}, "unknown key: delay; slow takes: kind, delay_s, times"),
        ({"kind": "drop_sessions", "times": 2}, "unknown key: times; drop_sessions takes: kind"),
        ({"kind": "slow", "delay_s": "long"}, "delay_s must be a number from 0 to 300"),
        ({"kind": "http_503", "times": 0}, "times must be a whole number from 1 to 1e+06"),
        ({"kind": "http_503", "times": True}, "times must be a whole number"),
        ({"kind": "http_503", "times": 1.5}, "times must be a whole number"),
        ({"kind": "http_503", "status": 500}, "status must be a whole number from 503 to 503"),
        ({"kind": "http_error", "status": 200}, "status must be a whole number from 400 to 599"),
        ({"kind": "http_503", "path": 5}, "path must be a string"),
        ({"kind": "truncate", "length": "short"}, "length must be one of: true, lie"),
        ({"kind": "redirect", "location": "x\r\nSet-Cookie: a"}, "must not hold control"),
        ({"kind": "maintenance"}, "maintenance needs for_s"),
        ({"kind": "retire_versions"}, "retire_versions needs below"),
        ({"kind": "slow", "probability": float("nan")}, "probability must be a number from 0 to 1"),
    ],
)
def test_every_refusal_is_a_sentence(document: object, words: str) -> None:
    with pytest.raises(FaultNotUnderstood) as caught:
        fault_from(document, NOON)
    assert words in str(caught.value)


NEEDED = {
    FaultKind.MAINTENANCE: {"for_s": 5},
    FaultKind.RETIRE_VERSIONS: {"below": 41},
    FaultKind.WITHHOLD_PERMISSION: {"permission": "ViewSetup"},
    FaultKind.GRANT_PERMISSION: {"permission": "ViewSetup"},
    FaultKind.CHANGE_LOG_FILE: {"how": "grown"},
}


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_kind_can_be_asked_for(kind: FaultKind) -> None:
    fault = fault_from({"kind": kind.value, **NEEDED.get(kind, {})}, NOON)
    assert fault.kind is kind
    assert set(fault.said) == set(KEYS.get(kind, {}))
    if kind not in AT_ONCE:
        assert fault.as_document()["begins_at"] == "2026-03-04T12:17:05.250000Z"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KNOWN_KEYS = sorted({key for keys in KEYS.values() for key in keys} | {"times", "path", "for_s"})


@given(
    st.fixed_dictionaries(
        {"kind": st.sampled_from([*FaultKind, "no such"])},
    ),
    st.dictionaries(st.sampled_from(KNOWN_KEYS), json_values, max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_whatever_comes_is_a_fault_or_a_sentence(
    kind: dict[str, object], others: dict[str, object]
) -> None:
    try:
        fault = fault_from({**others, **kind}, NOON)
    except FaultNotUnderstood as refusal:
        assert str(refusal)
    else:
        assert fault.kind == kind["kind"]


def board_with(**document: object) -> tuple[FaultBoard, SteppedClock]:
    clock = SteppedClock()
    board = FaultBoard(clock.now, seed=3)
    board.stand(fault_from({"kind": "slow", **document}, clock.now()))
    return board, clock


def strikes(board: FaultBoard, path: str, requests: int) -> list[int]:
    """The numbers of the requests that were struck, from 1."""
    return [
        number
        for number in range(1, requests + 1)
        if board.strike(FaultKind.SLOW, path) is not None
    ]


@pytest.mark.parametrize(
    ("document", "path", "struck"),
    [
        ({}, "/a", [1]),
        ({"times": 3}, "/a", [1, 2, 3]),
        ({"times": None}, "/a", [1, 2, 3, 4, 5, 6]),
        ({"after": 2, "times": 2}, "/a", [3, 4]),
        ({"path": "/services"}, "/services/data", [1]),
        ({"path": "/services"}, "/cometd/66.0", []),
        ({"path": "/services/data/v*/query*"}, "/services/data/v66.0/query", [1]),
        ({"path": "*/LogFile"}, "/services/data/v66.0/sobjects/EventLogFile/0AT/LogFile", [1]),
        ({"path": "*/LogFile"}, "/services/data/v66.0/query", []),
        ({"probability": 0, "times": None}, "/a", []),
    ],
)
def test_which_requests_are_struck(
    document: dict[str, object], path: str, struck: list[int]
) -> None:
    board, _ = board_with(**document)
    assert strikes(board, path, 6) == struck
    assert board.struck == Counter({"slow": len(struck)} if struck else {})


def test_chance_follows_the_seed() -> None:
    one, _ = board_with(probability=0.5, times=None)
    other, _ = board_with(probability=0.5, times=None)
    found = strikes(one, "/a", 200)
    assert found == strikes(other, "/a", 200)
    assert 60 < len(found) < 140


def test_a_fault_stands_for_a_span_of_the_orgs_time() -> None:
    board, clock = board_with(in_s=60, for_s=30, times=None)
    for step_s, strikes_now in ((0, False), (59, False), (1, True), (29, True), (1, False)):
        clock.step(timedelta(seconds=step_s))
        assert (board.strike(FaultKind.SLOW) is not None) is strikes_now
    assert board.standing == ()


def test_the_oldest_strikes_first_and_only_so_many_stand() -> None:
    board = FaultBoard(SteppedClock().now)
    for number in range(MAX_STANDING):
        board.stand(fault_from({"kind": "slow", "delay_s": number}, NOON))
    with pytest.raises(FaultNotUnderstood, match="100 faults stand already"):
        board.stand(fault_from({"kind": "slow"}, NOON))
    struck = [board.strike(FaultKind.SLOW) for _ in range(3)]
    assert [fault.seconds("delay_s") for fault in struck if fault] == [0, 1, 2]


def test_a_script_causes_each_fault_once_at_its_hour_and_none_of_the_past() -> None:
    began = datetime(2026, 3, 4, 12, tzinfo=UTC)
    caused: list[object] = []
    script = FaultScript(
        [
            (timedelta(minutes=30), {"kind": "slow"}),
            (timedelta(minutes=5), {"kind": "past"}),
            (timedelta(minutes=20), {"kind": "drip"}),
        ],
        began_at=began,
        opened_at=began + timedelta(minutes=10),
        cause=caused.append,
    )
    assert script.play_until(began + timedelta(minutes=19)) == 0
    assert script.play_until(began + timedelta(minutes=60)) == 2
    assert script.play_until(began + timedelta(minutes=90)) == 0
    assert caused == [{"kind": "drip"}, {"kind": "slow"}]
