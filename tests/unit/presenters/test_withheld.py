"""What a screen may not read is said once, and nothing beside it says otherwise."""

from datetime import timedelta

import pytest

from console.answers.health import HealthAnswer
from console.answers.limits import LimitsAnswer, OwnCallsAnswer, PoolAnswer
from console.answers.sources import NOTHING_WITHHELD, Withheld
from console.presenters import limits, overview
from console.presenters.concerns import concerns
from console.presenters.withheld import NOTHING_TO_COME, needed, present_withheld, unfillable
from store.access_records import Readable, SourceAccess
from store.records import TaskPhase, TaskState
from tests.unit.presenters.sample_access import HOSTILE, NOW, source
from tests.unit.presenters.sample_rooms import COMPLETE, usage_answer
from widgets.row_types import RecordView

SETUP = "the permission View Setup and Configuration"
LIMITS = source("limits", Readable.NO, SETUP, "Limits of the org")
LOGS = source("log_files", Readable.NO, "the permission View Event Log Files", "Event log files")
PERMISSION_SETS = source("permission_sets", Readable.NO, SETUP, "Permission sets")

POOL = PoolAnswer(None, None, None, None, None, None, "not known", "unknown", None, None, ())


def gone(*sources: SourceAccess, everything: bool = False) -> Withheld:
    needs = frozenset(
        "stream:" if one.source.startswith("stream:") else one.source for one in sources
    )
    return Withheld(sources, needs, everything)


def line(*sources: SourceAccess) -> str:
    return "".join(cell.text for cell in present_withheld(gone(*sources))).rstrip()


def test_nothing_is_said_where_nothing_is_withheld() -> None:
    assert present_withheld(NOTHING_WITHHELD) == ()


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ((LIMITS,), "○ Limits of the org: needs View Setup and Configuration."),
        (
            (LIMITS, PERMISSION_SETS),
            "○ Limits of the org, Permission sets: needs View Setup and Configuration.",
        ),
        (
            (LIMITS, LOGS),
            "○ Limits of the org: needs View Setup and Configuration.  1 more: 6 Access",
        ),
        (
            (source("users", Readable.NO, None, "Users"),),
            "○ Users: not readable, INSUFFICIENT_ACCESS.",
        ),
    ],
)
def test_one_line_names_the_first_lack_and_what_shares_it(
    sources: tuple[SourceAccess, ...], said: str
) -> None:
    assert line(*sources) == said
    assert len(said) <= 78


def test_the_name_of_a_permission_is_the_one_in_setup() -> None:
    assert needed(LIMITS) == "View Setup and Configuration"
    assert needed(source("limits")) == ""


def test_what_the_org_said_is_shown_and_not_obeyed() -> None:
    assert line(source("x", Readable.NO, HOSTILE, HOSTILE)).isprintable()


def test_an_empty_list_promises_nothing_that_will_not_come() -> None:
    view = RecordView((), (), "It shows by itself.")
    assert unfillable(view, gone(LIMITS)) is view
    assert unfillable(view, gone(LIMITS, everything=True)).empty == NOTHING_TO_COME


def test_the_limits_screen_does_not_wait_for_what_it_may_not_read() -> None:
    none = LimitsAnswer(NOW, POOL, (), OwnCallsAnswer(0, None, ()), COMPLETE)
    refused = limits.present_headline(none, 0, "", gone(LIMITS, everything=True))
    assert refused[0].text == "No limit is known."
    assert "yet" in limits.present_headline(none, 0, "")[0].text


def test_the_overview_says_of_each_panel_whether_it_will_fill() -> None:
    withheld = gone(LIMITS, LOGS, source("stream:LoginEventStream", Readable.NO, "a licence"))
    unread = usage_answer(logs_until=None, integrations=(), attributed=0)
    _pool, sentence = overview.present_headline(POOL, unread, withheld)
    assert sentence[0].text == "Who used it is not known without log files."
    assert overview.present_limits((), withheld).records.empty == "Not readable."
    latest = overview.present_latest((), (0,) * 60, NOW, withheld)
    assert latest.records.empty == "No event is stored, and none can be streamed."
    assert latest.note == ""


def health(*tasks: TaskState) -> HealthAnswer:
    return HealthAnswer(NOW, None, None, None, tasks, True, 0, None, COMPLETE, None, 0)


@pytest.mark.parametrize(
    ("task", "lack"),
    [
        ("limits", LIMITS),
        ("log files", LOGS),
        ("stream", source("stream:LoginEventStream", Readable.NO, "a licence")),
    ],
)
def test_a_task_that_rests_because_of_a_refusal_is_no_second_concern(
    task: str, lack: SourceAccess
) -> None:
    resting = TaskState(task, TaskPhase.BACKING_OFF, NOW, "no", NOW + timedelta(minutes=9), None)
    assert concerns((), (), (), health(resting), gone(lack).needs) == ()
    assert len(concerns((), (), (), health(resting))) == 1
    other = gone(PERMISSION_SETS).needs
    assert len(concerns((), (), (), health(resting), other)) == 1
