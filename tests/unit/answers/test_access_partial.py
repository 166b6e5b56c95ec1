"""What the answer about access makes of attempts to log in and of readings in part."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.analysis.posture import Verdict
from console.answers.access import AccessAnswer, answer_access
from store import posture, source_access
from store.access_records import AccessProbe, Readable, SourceAccess
from store.database import open_reader
from store.posture_records import IntegrationUser, LoginSum, PostureSnapshot
from store.writer import open_writer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
USER_ID = "005Hs000000AAAAAAA"
USER = IntegrationUser(
    USER_ID, "svc-erp@acme.example", None, True, None, None, None, None, (), None
)
LOGIN = LoginSum(USER_ID, "ERP", "Remote Access 2.0", "", "203.0.113.7", "Success", 9, NOW)
SEEN = tuple(
    SourceAccess(name, name, Readable.YES, None, "") for name in ("login_history", "oauth_tokens")
)


def answered(store: Path, *logins: LoginSum, **not_visible: str) -> AccessAnswer:
    snapshot = PostureSnapshot(
        taken_at=NOW,
        logins_since=NOW - timedelta(days=30),
        users=(USER,),
        logins=logins,
        tokens=(),
        grants=(),
        certificates=(),
        not_visible=not_visible,
    )
    with open_writer(store, commit_interval_s=0.0) as writer:
        writer.submit(lambda c: posture.record_posture(c, snapshot)).result(5)
        probe = AccessProbe(NOW, "orgwatch@acme.example", SEEN, (), ())
        writer.submit(lambda c: source_access.record_probe(c, probe)).result(5)
    with open_reader(store) as reader:
        return answer_access(reader.connection, NOW, ())


def flows(answer: AccessAnswer) -> Verdict:
    return next(check.verdict for check in answer.users[0].checks if check.id == "flows")


def test_an_attempt_that_failed_uses_no_credential(tmp_path: Path) -> None:
    attack = LoginSum(
        USER_ID, "ERP", "Remote Access 2.0", "", "198.51.100.4", "Invalid Password", 900, NOW
    )
    answer = answered(tmp_path / "a.db", LOGIN, attack)
    assert answer.users[0].sources == ("203.0.113.7",)
    assert [one.addresses for one in answer.credentials] == [("203.0.113.7",)]


def test_a_login_history_that_was_cut_short_passes_nobody(tmp_path: Path) -> None:
    assert flows(answered(tmp_path / "whole.db", LOGIN)) is Verdict.PASS
    cut = answered(tmp_path / "cut.db", LOGIN, LoginHistory="only the 2,000 commonest")
    assert flows(cut) is Verdict.UNKNOWN
    soap = LoginSum(USER_ID, "N/A", "Other Apex API", "", "203.0.113.7", "Success", 1, NOW)
    cut = answered(tmp_path / "seen.db", LOGIN, soap, LoginHistory="only the 2,000 commonest")
    assert flows(cut) is Verdict.FAIL
