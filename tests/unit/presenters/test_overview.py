from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.answers.limits import LimitAnswer, PoolAnswer
from console.presenters import overview
from console.presenters.concerns import Concern
from store.records import TaskPhase, TaskState
from tests.unit.presenters.sample_rooms import NOW, event, usage_answer
from widgets.row_types import Cell, Row, Tone
from widgets.types import PanelView, Severity

SINCE = NOW - timedelta(hours=24)
POOL = PoolAnswer(
    used_calls=92_310,
    max_calls=115_000,
    used_fraction=92_310 / 115_000,
    calls_per_hour=9_120.0,
    net_calls_per_hour=4_120.0,
    exhausted_at=NOW + timedelta(hours=5, minutes=30),
    forecast="dry in 5 h 30 min at 9,120 calls/h over the last 60 min",
    severity="warning",
    source="header",
    sampled_at=NOW - timedelta(seconds=8),
    history=((SINCE + timedelta(hours=6), 57_500), (NOW, 92_310)),
)
UNKNOWN = PoolAnswer(
    None, None, None, None, None, None, "nothing is known yet", "unknown", None, None, ()
)


def joined(cells: tuple[Cell, ...]) -> str:
    return "".join(cell.text for cell in cells)


def amount(row: Row) -> int:
    return int(row.cells[3].text.replace(",", ""))


def test_the_first_sentence_says_how_full_and_when_dry() -> None:
    first, second = overview.present_headline(POOL, usage_answer())
    assert joined(first) == "80.3 % of the API pool used, dry in 5 h 30 min at this rate (22:34)."
    assert first[0].tone is Tone.WARNING
    assert joined(second).startswith("MuleSoft ERP: at least 33.8 %. Logs end 13:00, ")
    assert joined(second).endswith(" calls not logged.")


def test_a_pool_that_does_not_run_dry_is_not_said_to() -> None:
    calm = replace(POOL, exhausted_at=None, severity="ok")
    assert joined(overview.present_headline(calm, usage_answer())[0]) == (
        "80.3 % of the API pool used."
    )


def test_a_pool_that_is_used_up_is_said_so() -> None:
    full = replace(POOL, used_fraction=1.01, severity="exceeded")
    text = joined(overview.present_headline(full, usage_answer())[0])
    assert text == "101.0 % of the API pool used: the org may refuse further calls."


def test_what_is_not_known_is_said_and_drawn_as_not_known() -> None:
    usage = usage_answer(logs_until=None, pool_used=None, unattributed=None)
    first, second = overview.present_headline(UNKNOWN, usage)
    assert joined(first) == "The use of the API pool is not known yet."
    assert "first log file" in joined(second)
    gauge = overview.present_pool(UNKNOWN, NOW)
    assert gauge.figure == "not known yet"
    assert gauge.fraction is None
    assert gauge.severity is Severity.UNKNOWN


def test_the_gauge_gives_figure_forecast_rate_and_age() -> None:
    gauge = overview.present_pool(POOL, NOW)
    assert gauge.figure == "92,310 of 115,000"
    assert gauge.notes == (
        "Dry in 5 h 30 min at 9,120 calls/h over the last 60 min",
        "net +4,120/h",
        "read 17:04:23 from a header",
    )


def test_the_parts_in_sight_always_add_up_to_the_pool() -> None:
    usage = usage_answer()
    panel = overview.present_shares(usage)
    assert usage.pool_used is not None
    for cut, fold in enumerate(panel.folds):
        shown = [*panel.records.rows[:cut], fold, *panel.pinned]
        assert sum(map(amount, shown)) == usage.pool_used


def test_nothing_is_pinned_where_the_logs_hold_all_of_the_pool() -> None:
    usage = usage_answer(unattributed=0)
    assert overview.present_shares(usage).pinned == ()
    assert overview.present_shares(usage_answer(unattributed=-3)).pinned == ()


def test_an_integration_over_its_budget_stands_out() -> None:
    rows = overview.present_shares(usage_answer()).records.rows
    over = [row.cells[0].text for row in rows if row.cells[0].tone is Tone.WARNING]
    assert over == ["MuleSoft ERP"]


def test_the_history_leaves_long_silence_blank_and_bridges_short_ones() -> None:
    half_a_day = tuple((SINCE + timedelta(minutes=5 * n), 57_500) for n in range(72, 180))
    pool = replace(POOL, history=(*half_a_day, (NOW, 92_310)))
    area = overview.present_history(pool, usage_answer())
    assert area.title == "Use of the pool"
    assert area.top_label == "100 %"
    known = [index for index, value in enumerate(area.values) if value is not None]
    assert known == [*range(72, 186), 287]
    assert area.values[72] == 0.5
    assert all(0 < place < 1 for place, _ in area.times)
    assert [text for _, text in area.times][:2] == ["18:00", "21:00"]


@given(st.integers(0, 86_400), st.integers(0, 200_000))
def test_every_reading_of_the_window_finds_its_slot(age_s: int, extra: int) -> None:
    day = tuple((SINCE + timedelta(minutes=5 * n), 1_000) for n in range(288))
    reading = (NOW - timedelta(seconds=age_s), 1_000 + extra)
    pool = replace(POOL, history=(*day, reading))
    area = overview.present_history(pool, usage_answer())
    assert max(value for value in area.values if value is not None) == reading[1] / 115_000


def test_a_young_history_gives_way_to_the_calls_per_hour_of_the_logs() -> None:
    usage = usage_answer()
    area = overview.present_history(POOL, usage)
    assert area.title == "Calls per hour in the logs"
    hourly = [sum(part.by_hour[hour] for part in usage.integrations) for hour in range(25)]
    assert area.values[0] is None  # 17:04 to 18:00 is only a part of an hour
    assert area.values[12 + 6] == hourly[1]  # 18:34
    ends = 12 * 20 - 1  # 20 hours and nearly 5 minutes after 17:04:31 the logs end
    assert area.values[ends - 12] is not None
    assert all(value is None for value in area.values[ends + 1 :])
    assert area.top == max(hourly[1:20])
    assert all(0 < place < 1 for place, _ in area.times)


def test_without_logs_and_history_nothing_is_drawn_as_known() -> None:
    area = overview.present_history(UNKNOWN, usage_answer(logs_until=None, integrations=()))
    assert set(area.values) == {None}


def test_integrations_of_one_name_are_told_apart_by_kind() -> None:
    first, second, *_ = usage_answer().integrations
    twins = (first, replace(second, name=first.name, kind="external_client_app"))
    rows = overview.present_shares(usage_answer(integrations=twins)).records.rows
    assert [row.cells[0].text for row in rows] == [
        "MuleSoft ERP (connected app)",
        "MuleSoft ERP (ECA)",
    ]


def test_other_limits_leave_out_the_pool_and_the_unused() -> None:
    limits = (
        LimitAnswer("DailyApiRequests", 9, 10, 0.9, "critical", NOW, ()),
        LimitAnswer("DailyBulkV2QueryJobs", 8, 10, 0.8, "warning", NOW, ()),
        LimitAnswer("SingleEmail", 0, 10, 0.0, "ok", NOW, ()),
    )
    panel = overview.present_limits(limits)
    assert [row.key for row in panel.records.rows] == ["DailyBulkV2QueryJobs"]
    assert panel.note == "3 in all"


def test_a_concern_s_row_leads_to_its_room() -> None:
    found = (Concern(Severity.WARNING, "too much\x1b[2J", "integrations", NOW),)
    panel: PanelView = overview.present_concerns(found, NOW)
    row = panel.records.rows[0]
    assert overview.room_of_concern(row.key) == "integrations"
    assert overview.room_of_concern("") == "overview"
    assert "\x1b" not in row.cells[1].text


def test_empty_panels_say_why() -> None:
    usage = usage_answer(integrations=(), logs_until=None)
    assert "No API call" in overview.present_shares(usage).records.empty
    assert overview.present_limits(()).records.empty == "No limit has been read yet."
    assert "Nothing" in overview.present_concerns((), NOW).records.empty
    assert "No event yet" in overview.present_latest((), (), NOW).records.empty


def test_no_event_is_promised_while_the_stream_is_not_open() -> None:
    def empty_with(phase: TaskPhase) -> str:
        stream = TaskState("stream", phase, NOW, "", None, None)
        return overview.present_latest((), (), NOW, stream=stream).records.empty

    assert "the stream is not open" in empty_with(TaskPhase.BACKING_OFF)
    assert "No event yet" in empty_with(TaskPhase.RUNNING)


def test_the_latest_events_count_the_last_hour() -> None:
    panel = overview.present_latest((event(1), event(2)), (3, 4), NOW)
    assert len(panel.records.rows) == 2
    assert panel.note == "7 events streamed in the last hour"
