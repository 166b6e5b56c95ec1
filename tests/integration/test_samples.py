"""Real log files without any org: in by one command, then shown by every other."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from console.exit_codes import ExitCode
from tests.integration.installed import ORGWATCH, Outcome, assert_said, orgwatch
from tests.terminal.pseudo_terminal import PseudoTerminal

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
NO_LOGS = {"newrelic-eventlogfile-records.json", "newrelic-limits.json"}
"""A list of log files and a reading of the limits: JSON of an org, but neither log nor event."""

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"the public samples are not at {SAMPLES}"
)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """The store with all samples, and what the command said."""
    store = tmp_path_factory.mktemp("samples") / "samples.db"
    return store, orgwatch("ingest", SAMPLES, "--store", store, "--json")


@pytest.fixture
def store(ingested: tuple[Path, Outcome]) -> Path:
    return ingested[0]


def data(kind: str, store: Path, *arguments: str) -> Any:
    outcome = orgwatch(kind, "--store", store, "--json", *arguments)
    assert (outcome.exit_code, outcome.stderr) == (ExitCode.OK, "")
    document = json.loads(outcome.stdout)
    assert document["schema"] == f"orgwatch/{kind}/1"
    assert document["coverage"]["state"] == "partial"
    return document["data"]


MIXED = "azuresentinel-elf-rows-2020.json"
"""Rows of many types in one file; some of them are also in files of their own."""


def true_types(*, with_mixed: bool) -> Counter[str]:
    """How many records of each type the samples hold, read off the plain JSON and CSV here."""
    types: Counter[str] = Counter()
    left_out = NO_LOGS if with_mixed else NO_LOGS | {MIXED}
    for file in SAMPLES.iterdir():
        if file.name in left_out or file.suffix not in (".csv", ".json"):
            continue
        if file.suffix == ".json":
            read = json.loads(file.read_text())
            for record in read if isinstance(read, list) else read.get("records", [read]):
                types[type_of(record, file.stem)] += 1
        else:
            lines = file.read_text().splitlines()[1:]
            types.update(line.split(",")[0].strip('"') for line in lines if line.startswith('"'))
    return +types


def type_of(record: dict[str, Any], name: str) -> str:
    if "EVENT_TYPE" in record:
        return str(record["EVENT_TYPE"])
    named = (part for part in name.split("-") if part.endswith(("Stream", "Event")))
    return next(named, "SetupAuditTrail")


def test_every_sample_is_taken_in_or_refused_with_the_reason(
    ingested: tuple[Path, Outcome],
) -> None:
    _, outcome = ingested
    assert outcome.exit_code == ExitCode.ANSWER_IS_NO
    document = json.loads(outcome.stdout)["data"]
    named = {path.name for path in SAMPLES.iterdir() if path.suffix in (".csv", ".json")}
    assert {file["file"] for file in document["files"]} == named - NO_LOGS
    assert document["refused"] == len(NO_LOGS)
    assert all(file["malformed_rows"] == 0 for file in document["files"])
    outcomes = Counter(file["outcome"] for file in document["files"])
    assert outcomes == {"stored": len(named) - len(NO_LOGS) - 1, "empty": 1}
    assert all(name in outcome.sentences for name in NO_LOGS)
    assert f"not taken in: {len(NO_LOGS)} of {len(named)} files" in outcome.sentences


def test_a_second_time_nothing_is_counted_twice(store: Path) -> None:
    before = data("events", store, "--limit", "1000")["events"]
    again = orgwatch("ingest", SAMPLES, "--store", store, "--json")
    files = json.loads(again.stdout)["data"]["files"]
    assert {file["outcome"] for file in files} == {"already_stored", "empty"}
    assert data("events", store, "--limit", "1000")["events"] == before


def test_events_show_every_record(store: Path) -> None:
    events = data("events", store, "--limit", "1000")["events"]
    shown = Counter(event["type"] for event in events)
    assert true_types(with_mixed=False) <= shown <= true_types(with_mixed=True)
    assert set(shown) == set(true_types(with_mixed=True))
    times = [event["time"] for event in events]
    assert times == sorted(times, reverse=True)
    table = orgwatch("events", "--store", store)
    assert "32 events, newest first" in table.stdout
    assert "alice@example.com" in table.stdout


def test_usage_shows_who_called(store: Path) -> None:
    usage = data("usage", store)
    assert usage["pool_used"] is None
    found = {one["name"]: one for one in usage["integrations"]}
    assert found["vendor/integration_app"]["calls"] == 2
    assert found["vendor/integration_app"]["kind"] == "client"
    assert found["0053X000009q0tM"]["sources"] == ["203.0.113.245"]
    assert usage["attributed"] == sum(one["counted_calls"] for one in found.values())
    assert "vendor/integration_app" in orgwatch("usage", "--store", store).stdout


def test_coverage_names_every_type(store: Path) -> None:
    hours = data("coverage", store)["hours"]
    assert {hour["source"] for hour in hours} >= {"log:API", "log:RestApi", "log:Login"}
    assert {hour["state"] for hour in hours} == {"partial"}


@pytest.mark.parametrize(
    ("command", "title"),
    [
        ("limits", "No limit has ever been read into this store"),
        ("apps", "No inventory of apps is in the store"),
    ],
)
def test_what_no_log_tells_is_not_made_up(store: Path, command: str, title: str) -> None:
    outcome = orgwatch(command, "--store", store)
    parts = (str(store), "orgwatch collect", "log files do not tell this")
    assert_said(outcome, ExitCode.NOT_COLLECTED, title, *parts)


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 45)])
def test_the_console_shows_files_of_years_ago(store: Path, columns: int, rows: int) -> None:
    surroundings = {**os.environ, "TERM": "xterm-256color"}
    command = [ORGWATCH, "console", "--store", str(store)]
    with PseudoTerminal(command, columns, rows, surroundings) as console:
        console.wait_for(r"Logs end 2023-03-20")
        console.wait_for(r"local\s+disk\s+past")
        console.press("3")
        console.wait_for(r"4 integrations\s+in the last 1782 d")
        console.wait_for(r"vendor/integ")
        console.press("4")
        console.wait_for(r"alice@")
        console.press("2")
        console.wait_for(r"No limit has been read yet")
        console.press("5")
        console.wait_for(r"apps have not been read yet")
        console.press("q")
        assert console.exit_code() == ExitCode.OK
