from datetime import UTC, datetime

from console.answers.coverage import Completeness
from console.answers.limits import LimitAnswer, LimitsAnswer, OwnCallsAnswer, PoolAnswer
from console.presenters.limits import (
    in_words,
    matching,
    present_detail,
    present_headline,
    present_limits,
)
from widgets.row_types import Cell

NOW = datetime(2026, 11, 16, 12, 4, 31, tzinfo=UTC)


def limit(
    name: str, used: int | None, maximum: int | None, severity: str, *trend: float
) -> LimitAnswer:
    fraction = used / maximum if used is not None and maximum else None
    return LimitAnswer(name, used, maximum, fraction, severity, NOW, trend)


BULK = limit("DailyBulkV2QueryJobs", 9_200, 10_000, "critical", 0.4, 0.92)
EMAIL = limit("SingleEmail", 0, 5_000, "ok")
NONE_OF_IT = limit("PrivateConnectOutboundCalloutHourlyLimitMB", 0, 0, "unknown")
OVERRUN = limit("DataStorageMB", 12, 10, "exceeded")
POOL = PoolAnswer(None, None, None, None, None, None, "", "unknown", None, None, ())
ALL = (OVERRUN, BULK, EMAIL, NONE_OF_IT)


def answer(*limits: LimitAnswer) -> LimitsAnswer:
    own = OwnCallsAnswer(0, None, ())
    return LimitsAnswer(NOW, POOL, limits, own, Completeness("complete", (), "complete"))


def joined(cells: tuple[Cell, ...]) -> str:
    return "".join(cell.text for cell in cells)


def test_the_headline_counts_by_state_worst_first() -> None:
    text = joined(present_headline(answer(*ALL), 4, ""))
    assert text.startswith("4 limits   ✖ 1 exceeded   ■ 1 critical   ● 1 ok   ○ 1 unknown")
    assert "read 12:04:31" in text


def test_the_headline_says_what_is_filtered() -> None:
    assert "1 of 4 limits with “bulk”" in joined(present_headline(answer(*ALL), 1, "bulk"))


def test_no_reading_is_said_and_not_shown_as_zero() -> None:
    assert joined(present_headline(answer(), 0, "")) == "No limit has been read yet."
    assert "No limit has been read yet" in present_limits((), "").empty


def test_rows_keep_the_answer_s_order_and_unknown_shares_are_dashes() -> None:
    rows = present_limits(ALL, "").rows
    assert [row.key for row in rows] == [one.name for one in ALL]
    assert rows[3].cells[3].text == "–"
    assert [cell.text for cell in rows[0].cells][3:6] == ["120.0 %", "12", "10"]


def test_a_filter_matches_names_their_words_and_states() -> None:
    assert matching(ALL, "v2query") == (BULK,)
    assert matching(ALL, "bulk v2 query") == (BULK,)
    assert matching(ALL, "CRITICAL") == (BULK,)
    assert matching(ALL, "") == ALL


def test_the_detail_says_what_is_left_beyond_or_absent() -> None:
    assert joined(present_detail(BULK)[1]) == (
        "9,200 of 10,000 used. 800 left. Between 40.0 % and 92.0 % in 24 h."
    )
    assert "2 beyond the limit." in joined(present_detail(OVERRUN)[1])
    assert joined(present_detail(NONE_OF_IT)[1]) == "This org has none of it: the maximum is 0."
    unknown = limit("New", None, None, "unknown")
    assert joined(present_detail(unknown)[1]) == "Its use is not known."


def test_a_limit_s_name_in_words() -> None:
    assert in_words("DailyBulkV2QueryJobs") == "daily bulk V2 query jobs"
    assert in_words("DataStorageMB") == "data storage MB"
    assert in_words("Package2VersionCreates") == "package 2 version creates"


def test_a_hostile_name_cannot_act_on_the_terminal() -> None:
    hostile = limit("Evil\x1b[31m\u202e", 1, 2, "ok")
    row = present_limits((hostile,), "").rows[0]
    assert "\x1b" not in row.cells[1].text
    assert "\x1b" not in joined(present_detail(hostile)[0])
