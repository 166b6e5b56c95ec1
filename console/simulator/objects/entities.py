"""EntityDefinition and EntityParticle: the objects and fields of the org as records.

Columns: the description of a v64 org, those that tools ask for.
"""

from collections.abc import Iterator

from console.simulator.objects.declared import declared
from console.simulator.objects.security import NO_RECORD_ID
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import Field, Row, Table

_DEFINITION = (
    "Id:id DurableId QualifiedApiName NamespacePrefix DeveloperName MasterLabel Label PluralLabel"
    " KeyPrefix IsCustomizable:boolean IsApexTriggerable:boolean IsWorkflowEnabled:boolean"
    " IsCustomSetting:boolean IsDeprecatedAndHidden:boolean IsReplicateable:boolean"
    " IsRetrieveable:boolean IsSearchable:boolean IsTriggerable:boolean IsIdEnabled:boolean"
    " IsEverCreatable:boolean IsEverUpdatable:boolean IsEverDeletable:boolean"
    " IsQueryable:boolean IsLayoutable:boolean PublisherId"
)
_PARTICLE = (
    "Id:id DurableId QualifiedApiName EntityDefinitionId NamespacePrefix DeveloperName MasterLabel"
    " Label DataType ServiceDataTypeId ValueTypeId Name RelationshipName IsNillable:boolean"
    " IsApiFilterable:boolean IsApiSortable:boolean IsApiGroupable:boolean IsIdLookup:boolean"
    " IsCreatable:boolean IsUpdatable:boolean IsNameField:boolean IsUnique:boolean"
)


def entity_tables(sources: OrgSources, *, tooling: bool) -> tuple[Table, ...]:
    """EntityDefinition and EntityParticle of the standard objects, or of the Tooling API's."""
    return (
        declared("EntityDefinition", "4ie", _DEFINITION, lambda: _definitions(sources, tooling)),
        declared("EntityParticle", "4gE", _PARTICLE, lambda: _particles(sources, tooling)),
    )


def _definitions(sources: OrgSources, tooling: bool) -> Iterator[Row]:
    for table in sources.tables(tooling):
        label = table.label or table.name
        yield {
            "Id": NO_RECORD_ID,
            "DurableId": table.name,
            "QualifiedApiName": table.name,
            "DeveloperName": table.name,
            "MasterLabel": label,
            "Label": label,
            "PluralLabel": label,
            "KeyPrefix": table.key_prefix or None,
            "IsRetrieveable": True,
            "IsIdEnabled": "Id" in table.fields,
            "IsQueryable": True,
            "PublisherId": "System",
        }


def _particles(sources: OrgSources, tooling: bool) -> Iterator[Row]:
    for table in sources.tables(tooling):
        for field in table.fields.values():
            yield _particle(table, field)


def _particle(table: Table, field: Field) -> Row:
    return {
        "Id": NO_RECORD_ID,
        "DurableId": f"{table.name}.{field.name}",
        "QualifiedApiName": field.name,
        "EntityDefinitionId": table.name,
        "DeveloperName": field.name.removesuffix("Id") or field.name,
        "MasterLabel": field.name,
        "Label": field.name,
        "DataType": field.type,
        "ServiceDataTypeId": field.type,
        "ValueTypeId": field.type,
        "Name": field.name,
        "IsNillable": field.type not in {"id", "boolean"},
        "IsApiFilterable": field.filterable,
        "IsApiSortable": field.sortable,
        "IsApiGroupable": field.groupable,
        "IsNameField": field.name == "Name",
    }
