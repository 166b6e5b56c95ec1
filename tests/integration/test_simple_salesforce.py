"""simple-salesforce, as it is, against the simulated org.

The library only knows https and host names of salesforce.com. A transport adapter sends what it
asks for to the simulated org instead: it changes scheme and host of the URL and nothing else, so
every path, header, form and answer is the library's own and the org's own.
"""

import asyncio
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import (
    Salesforce,
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from console.simulator.launch import RunningOrg, SimulateOptions, serve
from console.simulator.oauth.options import OauthOptions
from console.simulator.rest.options import RestOptions
from console.simulator.web.wire import WireOptions

OPTIONS = SimulateOptions(
    history=timedelta(hours=3),
    wire=WireOptions(
        oauth=OauthOptions(password_flow=True), rest=RestOptions(limit_header="per_app")
    ),
)


class ToTheSimulatedOrg(HTTPAdapter):
    """Sends every request to one address, whatever host it names."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        parts = urlsplit(str(request.url))
        request.url = f"{self._url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().send(request, *args, **options)


class Library:
    """The library with its sessions pointed at one simulated org."""

    def __init__(self, org: RunningOrg) -> None:
        self.org = org
        self.url = org.announcement["instance_url"]
        self._sessions: list[requests.Session] = []
        logins = requests.get(f"{self.url}/__sim__/logins", timeout=10).json()
        self.apps = {(app["name"], app["kind"]): app for app in logins["apps"]}
        self.users = {user["username"]: user for user in logins["users"]}

    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("https://", ToTheSimulatedOrg(self.url))
        self._sessions.append(session)
        return session

    def by_jwt(self, **changed: str) -> Salesforce:
        said = self.org.announcement
        options: dict[str, Any] = {
            "username": said["username"],
            "consumer_key": said["consumer_key"],
            "privatekey_file": said["private_key_file"],
            "instance_url": "acme.my",
            "session": self.session(),
        }
        return Salesforce(**(options | changed))

    def fault(self, **document: object) -> None:
        answer = requests.post(f"{self.url}/__sim__/faults", json=document, timeout=10)
        assert answer.status_code == 201, answer.text

    def close(self) -> None:
        for session in self._sessions:
            session.close()


@contextmanager
def serving(options: SimulateOptions) -> Iterator[RunningOrg]:
    """A simulated org in a thread with an event loop of its own, for a library that blocks."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        org = asyncio.run_coroutine_threadsafe(serve(options), loop).result(30)
        yield org
        asyncio.run_coroutine_threadsafe(org.stop(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    with serving(OPTIONS) as org:
        found = Library(org)
        yield found
        found.close()


@pytest.fixture(scope="module")
def sf(library: Library) -> Salesforce:
    return library.by_jwt()


def test_queries_of_every_kind(sf: Salesforce, library: Library) -> None:
    usernames = {user.username for user in library.org.world.facts.users}
    found = sf.query_all("SELECT Id, Username, Profile.Name FROM User")
    assert {record["Username"] for record in found["records"]} == usernames
    assert found["records"][0]["Profile"]["Name"]
    assert sf.query("SELECT COUNT() FROM User")["totalSize"] == len(usernames)
    assert sf.query("SELECT Id FROM User", include_deleted=True)["done"] is True


def test_paging_by_hand_and_by_itself(sf: Salesforce) -> None:
    text = "SELECT EventIdentifier FROM ApiEvent LIMIT 2500"
    small = {"Sforce-Query-Options": "batchSize=1000"}
    first = sf.query(text, headers=small)
    assert (len(first["records"]), first["done"]) == (1000, False)
    locator = first["nextRecordsUrl"].rpartition("/")[2]
    second = sf.query_more(locator, identifier_is_url=False)
    third = sf.query_more(second["nextRecordsUrl"], identifier_is_url=True)
    assert (len(third["records"]), third["done"]) == (500, True)
    pages = first["records"] + second["records"] + third["records"]
    assert len({record["EventIdentifier"] for record in pages}) == 2500
    whole = sf.query_all(text)["records"]
    assert len({record["EventIdentifier"] for record in whole}) == 2500


def test_limits_describes_and_usage(sf: Salesforce) -> None:
    limits = sf.limits()
    assert limits["DailyApiRequests"]["Max"] == 115_000
    usage = sf.api_usage["api-usage"]
    assert 0 < usage.used < usage.total == 115_000
    assert sf.api_usage["per-app-api-usage"].name == "orgwatch"  # type: ignore[union-attr]
    names = {entry["name"] for entry in sf.describe()["sobjects"]}  # type: ignore[index]
    assert {"User", "LoginHistory", "ExternalClientApplication"} <= names
    fields = {field["name"] for field in sf.User.describe()["fields"]}
    assert {"Id", "Username", "ProfileId"} <= fields
    assert sf.User.metadata()["objectDescribe"]["keyPrefix"] == "005"
    assert sf.is_sandbox() is False


def test_one_record(sf: Salesforce, library: Library) -> None:
    user = library.org.world.facts.console_user
    assert sf.User.get(user.user_id)["Username"] == user.username
    assert sf.restful(f"sobjects/User/{user.user_id}", {"fields": "Email"})["Email"] == user.email  # type: ignore[index]


def test_tooling(library: Library) -> None:
    newest = library.by_jwt(version="67.0")
    found = newest.toolingexecute("query/?q=SELECT+Id+FROM+ExternalClientApplication")
    assert found["entityTypeName"] == "ExternalClientApplication"
    assert found["size"] == len(found["records"]) > 0


def test_bulk_queries_give_the_same_rows(sf: Salesforce) -> None:
    text = "SELECT Id, Username, Profile.Name, IsActive FROM User"
    pages = list(sf.bulk2.User.query(text, max_records=10, wait=0))  # type: ignore[union-attr,operator]
    assert len(pages) > 1
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page))]
    expected = [
        {
            "Id": record["Id"],
            "Username": record["Username"],
            "Profile.Name": record["Profile"]["Name"],
            "IsActive": str(record["IsActive"]).lower(),
        }
        for record in sf.query_all(text)["records"]
    ]
    assert rows == expected


def test_a_bulk_job_ends_early(sf: Salesforce) -> None:
    job = sf.restful(
        "jobs/query", method="POST", json={"operation": "query", "query": "SELECT Id FROM User"}
    )
    assert job is not None
    client = sf.bulk2.User._client  # type: ignore[union-attr]
    assert client.get_job(job["id"], True)["state"] == "InProgress"
    assert client.abort_job(job["id"], True)["state"] == "Aborted"
    listed = sf.restful("jobs/query")
    assert listed is not None
    assert listed["records"][0]["state"] == "Aborted"
    assert sf.restful(f"jobs/query/{job['id']}", method="DELETE") is None
    with pytest.raises(SalesforceResourceNotFound):
        sf.restful(f"jobs/query/{job['id']}")


@pytest.mark.parametrize(
    ("call", "error", "code"),
    [
        (lambda sf: sf.query("SELECT Nope FROM User"), SalesforceMalformedRequest, "INVALID_FIELD"),
        (lambda sf: sf.query("SELECT Id FROM Nope"), SalesforceMalformedRequest, "INVALID_TYPE"),
        (lambda sf: sf.Nope.describe(), SalesforceResourceNotFound, "NOT_FOUND"),
        (lambda sf: sf.User.get("005000000000000AAA"), SalesforceResourceNotFound, "NOT_FOUND"),
    ],
)
def test_refusals_become_the_librarys_errors(
    sf: Salesforce, call: Callable[[Salesforce], object], error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as caught:
        call(sf)
    assert caught.value.content[0]["errorCode"] == code  # type: ignore[attr-defined]


def test_an_expired_session(library: Library) -> None:
    own = library.by_jwt()
    token, host = own.session_id, own.sf_instance
    bare = Salesforce(session_id=token, instance=host, session=library.session())
    assert bare.limits()
    library.fault(kind="revoke_tokens")
    with pytest.raises(SalesforceExpiredSession) as caught:
        bare.limits()
    assert caught.value.content[0]["errorCode"] == "INVALID_SESSION_ID"
    assert own.limits()
    assert own.session_id != token


def test_a_refused_login(library: Library) -> None:
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        library.by_jwt(username="felix.brandt@acme.example")
    assert str(caught.value) == "Authentication failed (code: invalid_grant): inactive user"


def test_client_credentials(library: Library) -> None:
    app = library.apps["Support Portal", "external_client_app"]
    found = Salesforce(
        consumer_key=app["consumer_key"],
        consumer_secret=app["consumer_secret"],
        domain="acme.my",
        session=library.session(),
    )
    who = found.oauth2("userinfo")
    assert who is not None
    assert who["preferred_username"] == app["usernames"][0]
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        Salesforce(
            consumer_key=app["consumer_key"],
            consumer_secret="wrong",
            domain="acme.my",
            session=library.session(),
        )
    assert caught.value.code == "invalid_client"


def test_user_name_and_password(library: Library) -> None:
    app = library.apps["BI Dashboards", "connected_app"]
    user = library.users[app["usernames"][0]]
    found = Salesforce(
        username=user["username"],
        password=user["password"] + user["security_token"],
        consumer_key=app["consumer_key"],
        consumer_secret=app["consumer_secret"],
        session=library.session(),
    )
    assert found.query("SELECT COUNT() FROM User")["totalSize"] > 0


def test_soap_login(library: Library) -> None:
    user = library.users["maya.lindqvist@acme.example"]
    named = {"username": user["username"], "security_token": user["security_token"]}
    found = Salesforce(password=user["password"], session=library.session(), **named)
    assert found.query("SELECT COUNT() FROM User")["totalSize"] > 0
    with pytest.raises(SalesforceAuthenticationFailed) as wrong:
        Salesforce(password="guess", session=library.session(), **named)
    assert wrong.value.code == "INVALID_LOGIN"
    with pytest.raises(SalesforceAuthenticationFailed) as gone:
        Salesforce(password=user["password"], session=library.session(), version="65.0", **named)
    assert gone.value.code == "INVALID_OPERATION"


def test_an_exhausted_pool() -> None:
    with serving(
        SimulateOptions(history=timedelta(0), wire=WireOptions(overrun_fraction=-1))
    ) as org:
        own = Library(org)
        with pytest.raises(SalesforceRefusedRequest) as caught:
            own.by_jwt().limits()
        assert caught.value.content[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
        own.close()
