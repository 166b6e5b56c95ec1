"""Every object of the org that tells of its state rather than of what happened."""

from console.simulator.objects.apps import app_tables, tooling_app_tables
from console.simulator.objects.audit import audit_tables
from console.simulator.objects.entities import entity_tables
from console.simulator.objects.external_apps import (
    external_app_tables,
    tooling_external_app_tables,
)
from console.simulator.objects.people import people_tables
from console.simulator.objects.permissions import permission_tables
from console.simulator.objects.security import security_tables, tooling_security_tables
from console.simulator.objects.sessions import session_tables
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import Table


def standard_tables(sources: OrgSources) -> list[Table]:
    """What the standard query resource offers."""
    return [
        *people_tables(sources),
        *permission_tables(sources),
        *app_tables(sources),
        *external_app_tables(sources),
        *session_tables(sources),
        *audit_tables(sources),
        *security_tables(sources),
        *entity_tables(sources, tooling=False),
    ]


def tooling_tables(sources: OrgSources) -> list[Table]:
    """What the Tooling query resource offers."""
    return [
        *tooling_app_tables(sources),
        *tooling_external_app_tables(sources),
        *tooling_security_tables(sources),
        *entity_tables(sources, tooling=True),
    ]
