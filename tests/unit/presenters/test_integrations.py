from dataclasses import replace
from datetime import timedelta

import pytest

from console.answers.usage import Spread
from console.presenters.integrations import (
    SORTS,
    find_integration,
    integration_key,
    plot_title,
    present_integration,
    present_integrations,
    present_usage_plot,
)
from tests.unit.presenters.sample_rooms import HOURS, LOGS_UNTIL, usage_answer
from widgets.row_types import Cell, RecordView, Row, Tone

ANSWER = usage_answer()


def cell(row: Row, records: RecordView, column: str) -> Cell:
    return row.cells[[c.key for c in records.columns].index(column)]


def texts(records: RecordView, column: str) -> list[str]:
    return [cell(row, records, column).text for row in records.rows]


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_rows_and_what_is_not_in_the_logs_add_up_to_the_pool() -> None:
    view = present_integrations(ANSWER)
    parts = [number(text) for text in texts(view.records, "calls")]
    missing, pool = (number(cell(row, view.records, "calls").text) for row in view.totals)
    assert sum(parts) + missing == pool == 92_310


def test_an_unknown_pool_leaves_shares_unknown_and_sums_the_logs() -> None:
    one = replace(ANSWER.integrations[0], share=None)
    view = present_integrations(
        usage_answer(pool_used=None, unattributed=None, integrations=(one,), attributed=31_204)
    )
    assert [row.cells[0].text for row in view.totals] == ["all in the logs"]
    assert texts(view.records, "share") == ["      –"]


def test_more_in_the_logs_than_in_the_pool_is_said() -> None:
    view = present_integrations(usage_answer(pool_used=80_000, unattributed=-1_791))
    assert view.totals[0].cells[0].text == "logged beyond the pool's count"


@pytest.mark.parametrize("column", SORTS)
def test_every_sort_orders_by_its_own_column(column: str) -> None:
    values = {
        "calls": lambda one: one.counted_calls,
        "errors": lambda one: one.errors,
        "budget": lambda one: one.counted_calls / one.budget_calls if one.budget_calls else 0,
        "last_seen": lambda one: one.last_seen,
        "name": lambda one: one.name.casefold(),
    }
    for descending in (True, False):
        rows = present_integrations(ANSWER, column, descending=descending).records.rows
        shown = [values[column](find_integration(ANSWER, row.key)) for row in rows]
        assert shown == sorted(shown, reverse=descending)


def test_over_budget_and_many_errors_are_marked_by_sign_as_well_as_tone() -> None:
    records = present_integrations(ANSWER).records
    by_name = {row.cells[0].text: row for row in records.rows}
    over = cell(by_name["MuleSoft ERP"], records, "budget")
    near = cell(by_name["Support Portal"], records, "budget")
    fine = cell(by_name["Billing Sync"], records, "budget")
    none = cell(by_name["Order Sync"], records, "budget")
    assert (over.text, over.tone) == ("✖ 104 %", Tone.BAD)
    assert (near.text, near.tone) == ("▲ 93 %", Tone.WARNING)
    assert (fine.text, fine.tone) == ("49 %", Tone.PLAIN)
    assert none.text == ""
    assert cell(by_name["Marketing Hub"], records, "errors").text == "▲ 310"
    assert cell(by_name["MuleSoft ERP"], records, "errors").text == "412"


def test_hours_that_window_or_logs_do_not_cover_whole_are_unknown_and_not_zero() -> None:
    records = present_integrations(ANSWER).records
    trend = cell(records.rows[0], records, "by_hour").trend
    plot = present_usage_plot(ANSWER, records.rows[0].key)
    for values in (trend, *(series.values for series in plot.series)):
        known = [hour for hour, value in zip(HOURS, values, strict=True) if value is not None]
        assert known == [hour for hour in HOURS if ANSWER.since <= hour < LOGS_UNTIL]


def test_the_plot_has_the_chosen_one_before_all_together() -> None:
    key = integration_key(ANSWER.integrations[2])
    every, chosen = present_usage_plot(ANSWER, key).series
    assert chosen.label == "Billing Sync"
    assert [value for value in chosen.values if value is not None] == [
        float(value) for value in ANSWER.integrations[2].by_hour[1:20]
    ]
    first_and_partly = sum(one.by_hour[0] for one in ANSWER.integrations)
    assert sum(value or 0 for value in every.values) == ANSWER.attributed - first_and_partly
    assert len(present_usage_plot(ANSWER, "gone").series) == 1


def test_long_windows_are_plotted_by_the_day() -> None:
    answer = usage_answer(slot=timedelta(days=1))
    assert plot_title(ANSWER) == "Calls per hour"
    assert plot_title(answer) == "Calls per 1 d"
    assert present_usage_plot(answer, None).labels[0] == "2026-11-15"


def test_no_log_file_yet_says_so_everywhere() -> None:
    view = present_integrations(usage_answer(logs_until=None, integrations=(), attributed=0))
    assert "no log file yet" in "".join(part.text for part in view.headline)
    assert "No log file" in view.records.empty
    assert "hold no API call" in present_integrations(usage_answer(integrations=())).records.empty


def test_the_detail_never_says_more_about_silence_than_the_logs_do() -> None:
    facts = present_integration(ANSWER.integrations[0], ANSWER)[0]
    last = next(field.value for field in facts.fields if field.name == "Last seen")
    assert last == "2026-11-16 12:59:48, 12 s before logs end"


def test_a_long_spread_ends_in_one_line_that_sums_up_the_rest() -> None:
    groups = {group.title: group for group in present_integration(ANSWER.integrations[0], ANSWER)}
    resources = groups["Resources"].fields
    assert len(resources) == 12
    assert resources[-1].name == "and 5 more"
    spreads = {one.dimension: one.values for one in ANSWER.integrations[0].spreads}
    whole = sum(calls for _name, calls in spreads["resource"])
    assert sum(number(field.value) for field in resources) == whole
    assert sum(field.bar or 0 for field in resources) == pytest.approx(1)
    assert groups["Entities"].fields[-1].name == "(none)"


def test_what_the_org_wrote_is_shown_and_not_obeyed() -> None:
    hostile = "\x1b[31mERP\u202e\n[bold]"
    one = replace(ANSWER.integrations[0], name=hostile, users=(hostile,), owner=hostile)
    answer = usage_answer(integrations=(one,))
    view = present_integrations(answer)
    groups = present_integration(one, answer)
    series = present_usage_plot(answer, integration_key(one)).series
    shown = [cell.text for cell in view.records.rows[0].cells]
    shown += [field.value for group in groups for field in group.fields]
    shown += [line.label for line in series]
    assert all(text.isprintable() for text in shown)
    assert any("␛[31mERP⟨U+202E⟩␊[bold]" in text for text in shown)


def test_the_detail_asks_who_first_and_keeps_what_it_does_not_know() -> None:
    one = replace(
        ANSWER.integrations[0],
        users=(),
        spreads=(*ANSWER.integrations[0].spreads, Spread("new_dimension", (("x", 1),))),
    )
    titles = [group.title for group in present_integration(one, ANSWER)]
    assert titles[:3] == ["Consumption", "Users", "Addresses"]
    assert titles[-1] == "new_dimension"
    users = present_integration(one, ANSWER)[1]
    assert (users.fields, users.empty) == ((), "the logs name none")
