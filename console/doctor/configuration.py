"""Whether the settings say enough to log in, and whether key and certificate are usable."""

from dataclasses import dataclass
from datetime import datetime
from math import floor
from pathlib import Path

from console import settings_file
from console.doctor.check import CONFIGURATION, Check, Result, fault_from
from console.doctor.deadline import within
from console.errors import ConfigurationError
from console.salesforce.certificate import WARN_BEFORE_END, CertificateFacts, read_certificate
from console.salesforce.login_faults import kind_of_host
from console.salesforce.signing_keys import Credential, LoginKeys, load_login_keys
from console.settings import PRODUCTION_AUDIENCE, SANDBOX_AUDIENCE, OrgSettings, Settings

KEYS_S = 3.0
"""The longest that reading the keys may take, in real seconds: a keyring may ask a person."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What the settings hold, and the keys where they could be read."""

    checks: list[Check]
    keys: LoginKeys | None


def check_configuration(settings: Settings, org: OrgSettings, now: datetime) -> Configured:
    """The settings file, the keys of the login, the certificate, the audience."""
    checks = [_file(settings)]
    checks += [
        Check("config.warning", CONFIGURATION, "Settings", Result.NOTE, warning)
        for warning in settings.warnings
    ]
    keys: LoginKeys | None = None
    try:
        settings_file.require_login_settings(org, settings.config_file)
        checks.append(Check("config.org", CONFIGURATION, "Org", Result.OK, _whose(org)))
        checks.append(_audience(org))
        keys = within(KEYS_S, lambda: load_login_keys(org))
    except TimeoutError:
        checks.append(
            Check(
                "config.login", CONFIGURATION, "Private key", Result.FAULT,
                f"it could not be had within {KEYS_S:g} s: the keyring waits for somebody to "
                "unlock it, or the disk of the key file does not answer",
                "Unlock the keyring and run it again.",
            )
        )  # fmt: skip
        return Configured(checks, None)
    except ConfigurationError as error:
        checks.append(fault_from("config.login", CONFIGURATION, "Login settings", error))
        return Configured(checks, None)
    checks.append(_key("config.key", "Private key", keys.first))
    checks.append(
        _certificate("config.certificate", "Certificate", org.certificate_file, keys.first, now)
    )
    if keys.next is not None:
        checks.append(_key("config.next_key", "Next private key", keys.next))
        checks.append(
            _certificate(
                "config.next_certificate",
                "Next certificate",
                org.certificate_file_next,
                keys.next,
                now,
            )
        )
    return Configured(checks, keys)


def _file(settings: Settings) -> Check:
    if settings.config_file_exists:
        return Check(
            "config.file", CONFIGURATION, "Settings file", Result.OK, str(settings.config_file)
        )
    return Check(
        "config.file", CONFIGURATION, "Settings file", Result.NOTE,
        f"{settings.config_file} does not exist; the environment gives what is set",
    )  # fmt: skip


def _whose(org: OrgSettings) -> str:
    return f"[org.{org.alias}]: {org.username} at {org.instance_url}"


def _audience(org: OrgSettings) -> Check:
    """Production and sandbox mixed up is the commonest reason for a refused login."""
    kind = kind_of_host(org.instance_url)
    wanted = {"production": PRODUCTION_AUDIENCE, "sandbox": SANDBOX_AUDIENCE}.get(kind or "")
    audience = org.audience.rstrip("/")
    if wanted is not None and audience in (PRODUCTION_AUDIENCE, SANDBOX_AUDIENCE):
        if audience != wanted:
            return Check(
                "config.audience", CONFIGURATION, "Audience", Result.FAULT,
                f"the host is a {kind} org's, the audience {org.audience} is not",
                f'Set audience = "{wanted}" in [org.{org.alias}].',
            )  # fmt: skip
        said = f"{org.audience}, as a {kind} org wants it"
    else:
        said = f"{org.audience}; the host does not tell production from sandbox"
    return Check("config.audience", CONFIGURATION, "Audience", Result.OK, said)


def _key(id_: str, title: str, credential: Credential) -> Check:
    said = f"RSA, {credential.key.bits} bits, from {credential.key.source}"
    return Check(id_, CONFIGURATION, title, Result.OK, said)


def _certificate(
    id_: str, title: str, path: Path | None, credential: Credential, now: datetime
) -> Check:
    if path is None:
        return Check(
            id_, CONFIGURATION, title, Result.UNKNOWN,
            "no certificate file is given, so nobody is told before it ends",
            "Set certificate_file to the certificate that was uploaded to the app.",
        )  # fmt: skip
    try:
        facts = read_certificate(path, credential.key)
    except ConfigurationError as error:
        return fault_from(id_, CONFIGURATION, title, error)
    return _judged_certificate(id_, title, facts, now)


def _judged_certificate(id_: str, title: str, facts: CertificateFacts, now: datetime) -> Check:
    days = floor(facts.days_left(now))
    until = f"{facts.not_after:%Y-%m-%d}"
    if not facts.matches_key:
        return Check(
            id_, CONFIGURATION, title, Result.FAULT, f"{facts.file} does not belong to the key",
            "Name the certificate that was made with the key, and see which one the app holds.",
        )  # fmt: skip
    if now < facts.not_before:
        return Check(
            id_, CONFIGURATION, title, Result.FAULT,
            f"it is not valid before {facts.not_before:%Y-%m-%d %H:%M} UTC",
            "Check this machine's date, or wait.",
        )  # fmt: skip
    if days < 0:
        return Check(
            id_, CONFIGURATION, title, Result.FAULT, f"it ended on {until}",
            "Make a new pair, upload the certificate to the app, and set the new key as the next.",
        )  # fmt: skip
    if days < WARN_BEFORE_END.days:
        return Check(
            id_, CONFIGURATION, title, Result.FAULT,
            f"it ends on {until}, in {days} {'day' if days == 1 else 'days'}",
            "Make a new pair now, upload the certificate, and set the new key as the next.",
        )  # fmt: skip
    return Check(id_, CONFIGURATION, title, Result.OK, f"valid until {until}, {days} days left")
