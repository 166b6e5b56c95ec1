"""Limits, log files, org and users: from the org's answers to frozen values."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from console.errors import OrgRefused, UnreadableAnswer
from console.salesforce.limits import parse_limits, read_limits
from console.salesforce.log_files import list_log_files, parse_log_file
from console.salesforce.org import read_org
from console.salesforce.types import LimitValue, LogFileEntry, OrgFacts, UserFact
from console.salesforce.users import read_users
from tests.unit.salesforce.scripted_org import START, Console

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"


def test_limits_with_nested_entries_and_quota_slots() -> None:
    limits = parse_limits(
        {
            "DailyApiRequests": {
                "Max": 115000,
                "Remaining": -20,
                "Ant Migration Tool": {"Max": 0, "Remaining": 0},
                "Workbench": {"Max": 0, "Remaining": 0},
            },
            "PermissionSets": {
                "Max": 1500,
                "Remaining": 1499,
                "CreateCustom": {"Max": 1000, "Remaining": 999},
            },
            "PrivateConnectOutboundCalloutHourlyLimitMB": {"Max": 0, "Remaining": 0},
            "Broken": {"Max": "many", "Remaining": 1},
            "Text": "text",
        }
    )
    assert limits == [
        LimitValue("DailyApiRequests", 115000, -20),
        LimitValue("PermissionSets", 1500, 1499),
        LimitValue("PermissionSets.CreateCustom", 1000, 999),
        LimitValue("PrivateConnectOutboundCalloutHourlyLimitMB", 0, 0),
    ]


@pytest.mark.parametrize("body", [None, [], {}, {"a": {"Max": 1}}, "limits", 5])
def test_limits_of_another_shape(body: Any) -> None:
    with pytest.raises(UnreadableAnswer):
        parse_limits(body)


async def test_limits_are_read_from_the_org(console: Console) -> None:
    console.org.serve("/limits", {"MassEmail": {"Max": 10, "Remaining": 10}})
    assert await read_limits(console.rest) == [LimitValue("MassEmail", 10, 10)]
    assert console.calls[-1] == ("limits", 1)


RECORD = {
    "attributes": {"type": "EventLogFile"},
    "Id": "0ATxx0000000001",
    "EventType": "ApiTotalUsage",
    "LogDate": "2026-03-02T08:00:00.000+0000",
    "Interval": "Hourly",
    "Sequence": 1,
    "CreatedDate": "2026-03-02T11:31:07.000+0000",
    "LogFile": "/services/data/v68.0/sobjects/EventLogFile/0ATxx0000000001/LogFile",
    "LogFileLength": 2692.0,
    "LogFileFieldNames": "EVENT_TYPE,TIMESTAMP",
}
ENTRY = LogFileEntry(
    id="0ATxx0000000001",
    event_type="ApiTotalUsage",
    interval="Hourly",
    log_date=datetime(2026, 3, 2, 8, tzinfo=UTC),
    sequence=1,
    created_at=datetime(2026, 3, 2, 11, 31, 7, tzinfo=UTC),
    length_bytes=2692,
    path="/services/data/v68.0/sobjects/EventLogFile/0ATxx0000000001/LogFile",
    field_names=("EVENT_TYPE", "TIMESTAMP"),
)


async def test_log_files_are_listed_by_type_and_creation(
    console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    async def query(request: web.Request) -> web.StreamResponse:
        asked.append(request.query["q"])
        return console.org.json({"totalSize": 2, "done": True, "records": [RECORD, {"Id": "x"}]})

    console.org.serve("/query", query)
    files = await list_log_files(console.rest, ("ApiTotalUsage", "Log'in"), START)
    assert files == [ENTRY]
    assert "1 EventLogFile rows could not be read" in caplog.text
    assert "CreatedDate >= 2026-03-02T09:00:00Z" in asked[0]
    assert r"EventType IN ('ApiTotalUsage', 'Log\'in')" in asked[0]
    await list_log_files(console.rest, None, START)
    assert "EventType IN" not in asked[1]


@pytest.mark.parametrize(
    "change",
    [
        {"LogFile": "https://evil.example/x"},
        {"LogFile": "/services/data/../../admin"},
        {"LogFile": "/services/data/v68.0/a\r\nb"},
        {"LogFile": None},
        {"LogDate": "yesterday"},
        {"CreatedDate": None},
        {"Interval": None},
        {"Sequence": None},
        {"Id": 5},
    ],
)
def test_a_log_file_that_cannot_be_placed_or_fetched(change: dict[str, Any]) -> None:
    assert parse_log_file({**RECORD, **change}) is None


def test_what_a_log_file_may_lack() -> None:
    daily = parse_log_file({**RECORD, "Interval": "Daily", "Sequence": None, "LogFileLength": None})
    assert daily is not None
    assert (daily.sequence, daily.length_bytes) == (0, None)
    cut = parse_log_file({**RECORD, "LogFileFieldNames": "A" * 1_333})
    assert cut is not None
    assert cut.field_names is None


async def test_the_org_says_what_it_is_for_one_call(console: Console) -> None:
    organization = {
        "Id": "00Dxx0000000001EAA",
        "Name": "Acme",
        "OrganizationType": "Enterprise Edition",
        "InstanceName": "EU42",
        "IsSandbox": False,
    }
    licences = [
        {"Name": "Salesforce", "TotalLicenses": 15},
        {"Name": "Salesforce Platform", "TotalLicenses": 3},
    ]
    console.org.serve_tables({"Organization": [organization], "UserLicense": licences})
    assert await read_org(console.rest) == OrgFacts(
        "00Dxx0000000001EAA", "Acme", "Enterprise Edition", "EU42", False, 15
    )
    assert [call for call in console.calls if call[1]] == [("org", 1)]


async def test_licences_that_cannot_be_read_are_unknown_not_zero(console: Console) -> None:
    console.org.serve_tables({"Organization": [{"Id": "00D"}], "UserLicense": "INVALID_TYPE"})
    facts = await read_org(console.rest)
    assert facts.user_licences is None
    assert "View Setup" in facts.not_visible["UserLicense"]
    console.org.serve_tables({"Organization": [{"Id": "00D"}], "UserLicense": []})
    assert (await read_org(console.rest)).user_licences is None


async def test_an_org_that_hides_itself_is_a_fault(console: Console) -> None:
    console.org.serve_tables({"UserLicense": []})
    with pytest.raises(OrgRefused):
        await read_org(console.rest)
    console.org.serve_tables({"Organization": [], "UserLicense": []})
    with pytest.raises(UnreadableAnswer):
        await read_org(console.rest)


async def test_users_with_hostile_and_missing_values(console: Console) -> None:
    console.org.serve_tables(
        {
            "User": [
                {
                    "Id": "005xx1",
                    "Username": "svc-erp@acme.example",
                    "Name": "ERP\x1b[31m",
                    "IsActive": True,
                    "UserType": "Standard",
                    "Profile": {"attributes": {}, "Name": "Integration"},
                },
                {"Id": "005xx2", "Username": "guest@acme.example", "Profile": None},
                {"Id": "005xx3"},
            ]
        }
    )
    assert await read_users(console.rest) == [
        UserFact("005xx1", "svc-erp@acme.example", "ERP\x1b[31m", True, "Integration", "Standard"),
        UserFact("005xx2", "guest@acme.example", None, None, None, None),
    ]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files of real orgs are not here")
def test_samples_of_real_orgs_are_read() -> None:
    body = json.loads((SAMPLES / "newrelic-limits.json").read_text())
    limits = {limit.name: limit for limit in parse_limits(body)}
    assert limits["ActiveScratchOrgs"].max_value == 3
    assert set(body) <= set(limits)
    files = json.loads((SAMPLES / "newrelic-eventlogfile-records.json").read_text())
    parsed = [parse_log_file(record) for record in files]
    assert [entry and entry.event_type for entry in parsed] == ["ApexCallout", "ApexCallout"]
