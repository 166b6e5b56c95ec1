"""Every object of the org that tells of its state rather than of what happened."""

from console.simulator.org_sources import OrgSources
from console.simulator.tables import Table
from console.simulator.tables_apps import app_tables, tooling_app_tables
from console.simulator.tables_audit import audit_tables
from console.simulator.tables_entities import entity_tables
from console.simulator.tables_external_apps import (
    external_app_tables,
    tooling_external_app_tables,
)
from console.simulator.tables_people import people_tables
from console.simulator.tables_permissions import permission_tables
from console.simulator.tables_security import security_tables, tooling_security_tables
from console.simulator.tables_sessions import session_tables


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
