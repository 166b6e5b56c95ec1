"""What log rows say: as the calls were, in the columns of real files, and readable by anybody."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.simulator.keys import request_id, request_ids
from console.simulator.life.traffic import SOAP_LOGIN, Call
from console.simulator.logs.columns import FREE_TYPES, columns_of
from console.simulator.logs.csv_file import csv_line
from console.simulator.logs.quirks import LogQuirks
from console.simulator.org.call_kinds import VARIANT_MASK, VARIANT_SHIFT, kind_of
from console.simulator.org.story_acme import INTEGRATIONS
from console.simulator.world import World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, SteppedClock
from tests.unit.simulator.test_world_window import request_at

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
with_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no samples at {SAMPLES}")
MORNING = NOON - timedelta(hours=5)
Told = dict[str, list[dict[str, str]]]


def read(world: World) -> Told:
    """All rows of the world's hourly files of hours that all types have told of."""
    found: Told = {}
    for file in world.log_files():
        if file.interval == "Hourly" and file.log_date < MORNING + timedelta(hours=1):
            body = b"".join(world.log_file_body(file.file_id) or ())
            rows = csv.DictReader(io.StringIO(body.decode(), newline=""))
            found.setdefault(file.event_type, []).extend(rows)
    return found


@pytest.fixture(scope="module")
def told() -> Told:
    """The rows of three hours of a stolen token's story, everything delivered."""
    clock = SteppedClock(MORNING)
    world = World(
        clock,
        WorldOptions(history=timedelta(hours=2), scenario="stolen-token",
                     episode_at=timedelta(minutes=-100),
                     log_quirks=LogQuirks(late_hours=0, held_files=0, remade_days=0)),
    )  # fmt: skip
    world.add_request(request_at(world, query='SELECT Id\nFROM "x"', operation="Query", rows=2))
    clock.step(timedelta(hours=8))
    return read(world)


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_comes_back_from_a_line(values: list[str]) -> None:
    line = csv_line(values)
    assert next(csv.reader(io.StringIO(line, newline=""))) == values
    assert line.endswith('"\n')


@given(st.lists(st.integers(0, 2**64 - 1), max_size=40))
def test_many_request_ids_are_those_of_one_by_one(numbers: list[int]) -> None:
    assert request_ids(numbers) == [request_id(number) for number in numbers]


@given(st.integers(0, 2**64 - 1), st.sampled_from(INTEGRATIONS), st.integers(0, 63))
def test_looked_up_details_are_those_that_the_call_tells(
    number: int, integration: object, n: int
) -> None:
    shapes = (*integration.shapes, SOAP_LOGIN)  # type: ignore[attr-defined]
    call = Call(0, number, integration, shapes[n % len(shapes)])  # type: ignore[arg-type]
    kind = kind_of(call.integration, call.shape)
    found = kind.outcomes[kind.outcome(number)]
    assert (found.status, found.user_index, found.client_ip) == (
        call.status,
        call.user_index,
        call.client_ip,
    )
    assert kind.resources[number >> VARIANT_SHIFT & VARIANT_MASK] == call.resource


@with_samples
@pytest.mark.parametrize(
    ("event_type", "name"),
    [
        ("RestApi", "azuresentinel-elf-RestApi-2020.csv"),
        ("API", "azuresentinel-elf-API-2020.csv"),
        ("ApexUnexpectedException", "azuresentinel-elf-ApexUnexpectedException-2020.csv"),
        ("ApiTotalUsage", "riyasuri-elf-ApiTotalUsage-header-2025.csv"),
    ],
)
def test_columns_begin_with_those_of_a_real_file(event_type: str, name: str) -> None:
    with (SAMPLES / name).open(newline="") as file:
        header = next(csv.reader(file))
    assert list(columns_of(event_type).names)[: len(header)] == header


@with_samples
@pytest.mark.parametrize(
    "event_type", ["LoginAs", "Logout", "MetadataApiOperation", "ReportExport", "ApexRestApi"]
)
def test_columns_are_those_of_real_rows_in_their_order(event_type: str) -> None:
    rows = json.loads((SAMPLES / "azuresentinel-elf-rows-2020.json").read_text())
    (names,) = [list(row) for row in rows if row["EVENT_TYPE"] == event_type]
    assert list(columns_of(event_type).names)[: len(names)] == names


@with_samples
@pytest.mark.parametrize("name", ["API-query", "API-update", "Login"])
def test_no_column_of_a_real_row_is_missing(name: str) -> None:
    row = json.loads((SAMPLES / f"appomni-elf-{name}.json").read_text())
    assert set(row) <= set(columns_of(row["EVENT_TYPE"]).names)


def test_each_call_is_in_the_usage_log_and_in_its_familys(told: Told) -> None:
    families = {"REST": "RestApi", "ApexREST": "ApexRestApi", "SOAP": "API"}
    for family, event_type in families.items():
        usage = {
            (row["REQUEST_ID"], row["USER_ID"], row["TIMESTAMP"], row["CLIENT_IP"])
            for row in told["ApiTotalUsage"]
            if row["API_FAMILY"] == family
        }
        assert usage == {
            (row["REQUEST_ID"], row["USER_ID"], row["TIMESTAMP"], row["CLIENT_IP"])
            for row in told[event_type]
        }


def test_rest_rows_say_what_the_usage_rows_say(told: Told) -> None:
    usage = {row["REQUEST_ID"]: row for row in told["ApiTotalUsage"]}
    for row in told["RestApi"]:
        same = usage[row["REQUEST_ID"]]
        assert row["URI"] == f"/services/data{same['API_RESOURCE']}"
        assert row["METHOD"] == same["HTTP_METHOD"]
        for column in ("STATUS_CODE", "ENTITY_NAME", "CLIENT_NAME", "CONNECTED_APP_ID"):
            assert row[column] == same[column]
        assert (row["REQUEST_STATUS"] == "S") == (int(row["STATUS_CODE"]) < 300)
        assert bool(row["EXCEPTION_MESSAGE"]) == (int(row["STATUS_CODE"]) >= 400)


def test_a_hostile_query_stands_in_its_row_as_it_was(told: Told) -> None:
    found = [row for row in told["RestApi"] if row["QUERY"] == 'SELECT Id\nFROM "x"']
    assert [(row["ROWS_PROCESSED"], row["METHOD"]) for row in found] == [("2", "GET")]


def test_a_stolen_tokens_bulk_job_is_logged_from_its_creation_to_its_deletion(told: Told) -> None:
    jobs: dict[str, set[str]] = {}
    for row in told["BulkApi2"]:
        jobs.setdefault(row["JOB_ID"], set()).add(row["JOB_STATUS"])
    whole = [job for job, states in jobs.items() if {"Open", "JobComplete", "Deleted"} <= states]
    assert whole
    ids = {row["REQUEST_ID"] for row in told["BulkApi2"]}
    assert ids <= {row["REQUEST_ID"] for row in told["ApiTotalUsage"]}


def test_ids_have_the_lengths_of_real_files(told: Told) -> None:
    for rows in told.values():
        for row in rows:
            for column in ("USER_ID", "ORGANIZATION_ID", "REPORT_ID", "DELEGATED_USER_ID"):
                assert len(row.get(column, "") or "x" * 15) == 15
            for column in ("USER_ID_DERIVED", "REPORT_ID_DERIVED"):
                assert len(row.get(column, "") or "x" * 18) == 18


def test_newest_columns_and_a_type_of_the_future_come_on_request() -> None:
    options = WorldOptions(
        history=timedelta(hours=8), log_quirks=LogQuirks(newest_columns=True, future_type=True)
    )
    files = {file.event_type: file for file in World(SteppedClock(), options).log_files()}
    assert files["ApiTotalUsage"].field_names.endswith("BOT_SESSION_IDENTIFIER,PLANNER_IDENTIFIER")
    assert files["Login"].field_names.endswith("LOGIN_URL,USE_API_TOKEN")
    assert "SessionWeather" in files


def test_without_event_monitoring_only_free_types_are_logged() -> None:
    world = World(SteppedClock(), WorldOptions(history=timedelta(hours=1), event_monitoring=False))
    types = {file.event_type for file in world.log_files()}
    assert {"ApiTotalUsage", "Login"} <= types <= FREE_TYPES
