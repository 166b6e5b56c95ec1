"""The doctor's list as it is printed, and the words of its checks."""

import io
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from console.answers.coverage import Completeness
from console.answers.moment import Moment
from console.answers.sources import SourcesAnswer
from console.commands.doctor_report import document, print_report
from console.doctor.check import LOGIN, SOURCES, Check, Result, has_fault
from console.doctor.examination import Examination
from console.doctor.login import check_stored_login
from console.doctor.sources import check_sources
from store.access_records import Readable
from tests.unit.presenters.sample_access import HOSTILE, NOW, source
from tests.unit.presenters.sample_access import LOGIN as GRANTED

SETUP = "the permission View Setup and Configuration"
STEP = f"Give the user {SETUP}, by a permission set of its own."


class Terminal(io.StringIO):
    """Standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


def found(*checks: Check) -> Examination:
    return Examination(checks, Completeness("complete", (), "complete"))


def check(id_: str, result: Result = Result.OK, area: str = SOURCES, **more: str) -> Check:
    values = {"title": id_.title(), "evidence": "the org answered"} | more
    return Check(id_, area, result=result, **values)


def printed(
    monkeypatch: pytest.MonkeyPatch, columns: int | None, *checks: Check, color: bool = False
) -> list[str]:
    out = io.StringIO() if columns is None else Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("COLUMNS", str(columns or 80))
    print_report("acme", found(*checks), 0.84, color=color)
    return out.getvalue().splitlines()


LONG = check("limits", Result.FAULT, evidence="needs " + "many words " * 20, next_step=STEP)


@pytest.mark.parametrize("columns", [80, 200])
def test_nothing_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    lines = printed(monkeypatch, columns, LONG, check("users"))
    assert max(map(len, lines)) < columns
    assert max(map(len, lines)) > columns // 2


def test_in_a_pipe_each_sentence_stays_on_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(monkeypatch, None, LONG, color=True)
    assert any(line.endswith(LONG.evidence) for line in lines)
    assert any(line.strip() == f"What to do: {STEP}" for line in lines)
    assert "\x1b" not in "".join(lines)


def test_colour_is_only_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[31m" in "".join(printed(monkeypatch, 80, LONG, color=True))
    assert "\x1b" not in "".join(printed(monkeypatch, 80, LONG, color=False))


def test_the_same_step_is_said_once_and_then_pointed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(
        printed(
            monkeypatch,
            None,
            check("limits", Result.FAULT, title="Limits of the org", next_step=STEP),
            check("sets", Result.FAULT, next_step=STEP),
            check("logs", Result.FAULT, next_step="Something else."),
        )
    )
    assert text.count(STEP) == 1
    assert "What to do: as for Limits of the org" in text
    assert "What to do: Something else." in text


def test_areas_stand_together_where_their_first_check_stood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = printed(
        monkeypatch, None, check("a", area="One"), check("b", area="Two"), check("c", area="One")
    )
    assert [line.split()[-1 if line[0] != " " else 1] for line in lines if line][:5] == [
        "One", "A", "C", "Two", "B",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("results", "sums"),
    [
        ((Result.OK,), "acme: 1 in order, in 0.8 s"),
        (
            (Result.OK, Result.FAULT, Result.NOTE, Result.UNKNOWN, Result.FAULT),
            "acme: 2 faults, 1 unknown, 1 note, 1 in order, in 0.8 s",
        ),
    ],
)
def test_the_last_line_sums_up_worst_first(
    monkeypatch: pytest.MonkeyPatch, results: tuple[Result, ...], sums: str
) -> None:
    checks = [check(f"c{place}", result) for place, result in enumerate(results)]
    assert printed(monkeypatch, None, *checks)[-1] == sums


def test_what_the_org_said_is_shown_and_not_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = check("x", Result.FAULT, title=HOSTILE, evidence=HOSTILE, detail=f"{HOSTILE}\n{HOSTILE}")
    lines = printed(monkeypatch, 80, odd)
    assert all(line.isprintable() for line in lines)
    assert sum("It said" in line for line in lines) == 2


def test_the_document_says_whether_it_passed_and_leaves_no_empty_text() -> None:
    moment = Moment.rolling(NOW)
    whole = document("acme", moment, found(check("a")), 0.8412)
    assert whole["data"]["passed"] is True
    assert whole["data"]["took_s"] == 0.84
    assert whole["data"]["checks"][0]["next_step"] is None
    faulty = document("acme", moment, found(check("a", Result.FAULT), check("b")), 1.0)
    assert faulty["data"]["passed"] is False
    assert not has_fault([check("a", Result.UNKNOWN), check("b", Result.NOTE)])


@pytest.mark.parametrize(
    ("readable", "missing", "result", "step"),
    [
        (Readable.YES, None, Result.OK, ""),
        (Readable.UNKNOWN, None, Result.UNKNOWN, ""),
        (Readable.NO, SETUP, Result.FAULT, STEP),
        (Readable.NO, "Event Monitoring (Shield or the add-on)", Result.NOTE, ""),
        (
            Readable.NO,
            f"{SETUP}, or Event Monitoring",
            Result.NOTE,
            "Where the org has it, give the user the permission.",
        ),
    ],
)
def test_a_missing_permission_is_a_fault_and_a_missing_licence_is_none(
    readable: Readable, missing: str | None, result: Result, step: str
) -> None:
    answer = SourcesAnswer(NOW, "u", (source("limits", readable, missing),), (), ())
    (told,) = check_sources(answer, "")
    assert (told.result, told.next_step) == (result, step)


def test_an_org_that_was_not_asked_is_unknown_and_licences_are_counted() -> None:
    (never,) = check_sources(SourcesAnswer(None, None, (), (), ()), "")
    assert never.result is Result.UNKNOWN
    licences = (("Salesforce", 15, 11), ("Other", None, None))
    (told,) = check_sources(SourcesAnswer(NOW, "u", (), (), licences), "")
    assert told.evidence == "Salesforce 11 of 15, Other ? of ?"


def test_the_login_of_a_running_collector_in_its_states() -> None:
    (granted,) = check_stored_login(GRANTED, NOW)
    assert granted.result is Result.OK
    assert "34 min ago, its token lasts 86 min more" in granted.evidence
    (nothing,) = check_stored_login(None, NOW)
    (none_now,) = check_stored_login(replace(GRANTED, obtained_at=None), NOW)
    assert {nothing.result, none_now.result} == {Result.UNKNOWN}
    refused = replace(
        GRANTED, error="Refused", error_meaning="Why.", error_next_step="Do this.",
        error_detail="no", next_attempt_at=NOW + timedelta(minutes=6),
    )  # fmt: skip
    (fault,) = check_stored_login(refused, NOW)
    assert fault.area == LOGIN
    assert fault.evidence == "Refused. Why. Asked again at 17:10:31 UTC."
    assert (fault.next_step, fault.detail) == ("Do this.", "no")
