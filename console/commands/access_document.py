"""The JSON of the kind ``access``."""

from datetime import datetime
from typing import Any

from console.answers.access import AccessAnswer, CredentialUse, UserAccess
from console.commands.documents import Document, utc_text
from store.records import LoginState


def access_data(
    answer: AccessAnswer, users: tuple[UserAccess, ...]
) -> tuple[Document, dict[str, str]]:
    """``data`` of the kind ``access`` with these of its users, and why what is null is unknown."""
    data: Document = {
        "taken_at": utc_text(answer.taken_at),
        "login": _login(answer.login, answer.as_of),
        "sources": [
            {
                "source": source.source,
                "title": source.title,
                "readable": source.readable.value,
                "missing": source.missing,
                "evidence": source.evidence,
            }
            for source in answer.sources.sources
        ],
        "users": [_user(user) for user in users],
        "credentials": [_credential(one) for one in answer.credentials],
        "certificates": [
            {
                "name": one.name,
                "app": one.app,
                "expires_at": utc_text(one.expires_at),
                "days_left": one.days_left,
                "key_bits": one.key_bits,
            }
            for one in answer.certificates
        ],
        "api_versions": [
            {
                "version": one.fate.version,
                "status": one.fate.standing.value,
                "retires": one.fate.retires,
                "days_left": one.fate.days_left,
                "calls": one.calls,
                "integrations": list(one.integrations),
            }
            for one in answer.versions
        ],
        "not_visible": dict(answer.not_visible),
    }
    unknown = {f"not visible: {name}": reason for name, reason in answer.not_visible}
    if answer.login is None:
        unknown["login"] = "no login is recorded in the store"
    if not answer.sources.sources:
        unknown["sources"] = "the org was not asked yet what may be read"
    return data, unknown


def _login(login: LoginState | None, now: datetime) -> dict[str, Any] | None:
    if login is None:
        return None
    return {
        "username": login.username,
        "obtained_at": utc_text(login.obtained_at),
        "age_s": _seconds(login.obtained_at, now),
        "expires_at": utc_text(login.expires_at),
        "expires_in_s": _seconds(now, login.expires_at),
        "expiry_source": login.expiry_source,
        "last_request_at": utc_text(login.last_request_at),
        "next_attempt_at": utc_text(login.next_attempt_at),
        "last_error": login.error,
        "last_error_code": login.error_code,
        "next_step": login.error_next_step,
        "key_in_use": login.key_in_use,
        "certificate_until": utc_text(login.certificate_until),
        "clock_skew_s": login.clock_skew_s,
    }


def _seconds(since: datetime | None, until: datetime | None) -> int | None:
    if since is None or until is None:
        return None
    return round((until - since).total_seconds())


def _user(user: UserAccess) -> dict[str, Any]:
    return {
        "username": user.username,
        "id": user.user_id,
        "name": user.name,
        "active": user.is_active,
        "frozen": user.is_frozen,
        "profile": user.profile,
        "licence": user.licence,
        "checks": [
            {
                "id": check.id,
                "title": check.title,
                "result": check.verdict.value,
                "evidence": check.evidence,
                "next_step": check.next_step or None,
            }
            for check in user.checks
        ],
        "apps": list(user.apps),
        "last_login": utc_text(user.last_login_at),
        "sources": list(user.sources),
        "api_versions": list(user.api_versions),
        "tokens": [
            {
                "app": token.app_name,
                "tokens": token.tokens,
                "uses": token.uses,
                "last_used": utc_text(token.last_used_at),
                "oldest_use": utc_text(token.oldest_use_at),
            }
            for token in user.tokens
        ],
        "calls": user.calls,
        "breaks_on_rotation": list(user.integrations),
    }


def _credential(one: CredentialUse) -> dict[str, Any]:
    return {
        "app": one.app,
        "kind": one.kind,
        "shares_name": one.shares_name,
        "breaks_on_rotation": {
            "integrations": list(one.integrations),
            "users": list(one.users),
            "sources": list(one.addresses),
        },
        "calls": one.calls,
        "tokens": one.tokens,
        "last_used": utc_text(one.last_used_at),
        "certificate_until": utc_text(one.certificate_until),
        "certificate_days_left": one.certificate_days_left,
    }
