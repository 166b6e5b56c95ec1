"""Without ApiTotalUsage the logs of single API families say who called, and that counting is unknown."""

import io
from datetime import UTC, datetime
from pathlib import Path

from console.answers.moment import Moment
from console.answers.usage import answer_usage
from console.commands.documents import usage_data
from store.database import open_reader
from store.disk_ingest import ingest_file
from store.writer import open_writer

REST = """"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","URI","METHOD","STATUS_CODE","ENTITY_NAME","CLIENT_IP"
"RestApi","20261116080000.100","a","00DHs000000abcD","005Hs00000BAlWS","/services/data/v60.0/query","GET","200","Account","203.0.113.9"
"RestApi","20261116081000.100","b","00DHs000000abcD","005Hs00000BAlWS","/services/data/v60.0/query","GET","500","Account","203.0.113.9"
"""
TOTAL = """"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","API_FAMILY","COUNTS_AGAINST_API_LIMIT","CLIENT_NAME"
"ApiTotalUsage","20261116080500.100","c","00DHs000000abcD","005Hs00000BAlWS","REST","1","loader/1"
"""
MOMENT = Moment.rolling(datetime(2026, 11, 16, 9, tzinfo=UTC))


def filled(tmp_path: Path, **files: str) -> Path:
    store = tmp_path / "x.db"
    with open_writer(store) as writer:
        for name, text in files.items():
            body = io.BytesIO(text.encode())
            writer.submit(
                lambda c, name=name, body=body: ingest_file(c, f"{name}.csv", body)
            ).result(20)
    return store


def test_request_logs_stand_in_and_say_that_counting_is_unknown(tmp_path: Path) -> None:
    with open_reader(filled(tmp_path, rest=REST)) as reader:
        answer = answer_usage(reader.connection, MOMENT)
    (one,) = answer.integrations
    assert (one.calls, one.errors, one.sources, one.families) == (2, 1, ("203.0.113.9",), ("REST",))
    assert sum(one.by_hour) == 2
    assert not answer.counts_known
    assert "counted_calls" in " ".join(usage_data(answer)[1])
    assert answer.logs_until == datetime(2026, 11, 16, 8, 10, 0, 100_000, tzinfo=UTC)


def test_api_total_usage_is_never_added_to_what_other_logs_say_again(tmp_path: Path) -> None:
    with open_reader(filled(tmp_path, rest=REST, total=TOTAL)) as reader:
        answer = answer_usage(reader.connection, MOMENT)
    (one,) = answer.integrations
    assert (one.name, one.calls, one.counted_calls) == ("loader/1", 1, 1)
    assert answer.counts_known
