"""The ``config.toml`` with which orgwatch looks at a simulated org."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

MARK = "# Written by orgwatch simulate for one run; it will be replaced by the next."
"""First line of every file written here, by which it is known not to be somebody's own."""

ORG_ALIAS = "acme"


@dataclass(frozen=True, slots=True)
class NamedIntegration:
    """An integration that the settings give an owner and a budget, and perhaps a name."""

    name: str
    match: Mapping[str, str]
    owner: str
    budget_calls_24h: int


NAMED = (
    NamedIntegration(
        "MuleSoft ERP", {"app": "MuleSoft ERP", "user": "svc-erp@*"}, "team-erp", 22_000
    ),
    NamedIntegration("BI Dashboards", {"app": "BI Dashboards"}, "team-finance", 3_500),
    NamedIntegration(
        "Warehouse Scanner",
        {"client": "AcmeScan/*", "user": "svc-warehouse@*"},
        "team-logistics",
        9_000,
    ),
    NamedIntegration("Website Forms", {"user": "svc-web@*"}, "team-web", 3_000),
)
"""The second half are integrations that log neither app nor a telling client."""

CONFIGURED_NAMES = {
    "AcmeScan/3.1": "Warehouse Scanner",
    "svc-web@acme.example": "Website Forms",
}
"""What the log alone calls an integration, and what it is called under these settings."""


@dataclass(frozen=True, slots=True)
class SimulatedClock:
    """How the org's time follows from real time."""

    real_origin: datetime
    org_origin: datetime
    speed: float


def config_text(settings: Mapping[str, str], clock: SimulatedClock) -> str:
    """The file's text: ``settings`` of the org, its integrations and its clock."""
    lines = [MARK, 'default_org = "acme"', "", f"[org.{ORG_ALIAS}]"]
    lines += [f"{name} = {_quoted(value)}" for name, value in settings.items()]
    lines.append(
        f"simulated_time = {{ real_origin = {clock.real_origin.isoformat()}, "
        f"org_origin = {clock.org_origin.isoformat()}, speed = {float(clock.speed)!r} }}"
    )
    for named in NAMED:
        match = ", ".join(f"{key} = {_quoted(pattern)}" for key, pattern in named.match.items())
        lines += [
            "",
            f"[[org.{ORG_ALIAS}.integration]]",
            f"name = {_quoted(named.name)}",
            f"match = {{ {match} }}",
            f"owner = {_quoted(named.owner)}",
            f"budget_calls_24h = {named.budget_calls_24h}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string; its escapes are JSON's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
