"""Objects and fields as a description shows them, with every key that real orgs send.

Clients in typed languages refuse a description that lacks one. Keys: REST API guide, sObject
Describe and Describe Global; types of jsforce 3 and rustforce. The simulated org knows no lengths
of its columns: those of their types stand for them.
"""

from console.simulator.objects.tables import Field, FieldType, Table

_NO = (
    "activateable createable custom customSetting deepCloneable deletable deprecatedAndHidden"
    " feedEnabled hasSubtypes isInterface isSubtype layoutable mergeable mruEnabled replicateable"
    " searchable triggerable undeletable updateable"
)
_CANNOT = tuple(_NO.split())
"""What no object of the simulated org can do: its data are read-only."""
_FIELD_NO = (
    "aiPredictionField autoNumber calculated cascadeDelete caseSensitive createable custom"
    " dependentPicklist deprecatedAndHidden displayLocationInDecimal encrypted externalId"
    " formulaTreatNullNumberAsZero highScaleNumber htmlFormatted namePointing permissionable"
    " polymorphicForeignKey queryByDistance restrictedDelete restrictedPicklist"
    " searchPrefilterable unique updateable writeRequiresMasterRead"
)
_FIELD_IS_NOT = tuple(_FIELD_NO.split())
_FIELD_NULLS = (
    "calculatedFormula compoundFieldName controllerName defaultValue defaultValueFormula"
    " extraTypeInfo filteredLookupInfo inlineHelpText mask maskType referenceTargetField"
    " relationshipOrder"
)
_FIELD_HAS_NO = tuple(_FIELD_NULLS.split())
_DESCRIBE_NULLS = (
    "defaultImplementation extendedBy extendsInterfaces implementedBy implementsInterfaces"
    " listviewable lookupLayoutable networkScopeFieldName"
)
_OBJECT_HAS_NO = tuple(_DESCRIBE_NULLS.split())
_SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "datetime": "xsd:dateTime",
    "date": "xsd:date",
    "base64": "xsd:base64Binary",
}
_LENGTHS: dict[FieldType, int] = {
    "id": 18,
    "reference": 18,
    "string": 255,
    "picklist": 255,
    "multipicklist": 4099,
    "textarea": 32_000,
    "email": 80,
    "url": 255,
    "phone": 40,
}
_BYTES_PER_CHARACTER = 3


def object_shape(table: Table, base: str) -> dict[str, object]:
    """An object without its fields, as the list of objects has it."""
    here = f"{base}/sobjects/{table.name}"
    label = table.label or table.name
    return {
        "name": table.name,
        "label": label,
        "labelPlural": label,
        "keyPrefix": table.key_prefix or None,
        "queryable": True,
        "retrieveable": table.big_object is None,
        **dict.fromkeys(_CANNOT, False),
        "associateEntityType": None,
        "associateParentEntity": None,
        "urls": {
            "sobject": here,
            "describe": f"{here}/describe",
            "rowTemplate": f"{here}/{{ID}}",
        },
    }


def whole_shape(table: Table, base: str) -> dict[str, object]:
    """An object with its fields and the relationships to and from it."""
    parents = {name: (relation, to) for relation, (to, name) in table.parents.items()}
    fields = [_field(each, *parents.get(each.name, (None, None))) for each in table.fields.values()]
    return {
        **object_shape(table, base),
        **dict.fromkeys(_OBJECT_HAS_NO),
        "actionOverrides": [],
        "childRelationships": [
            _child(relation, child, name) for relation, (child, name) in table.children.items()
        ],
        "compactLayoutable": False,
        "fields": fields,
        "namedLayoutInfos": [],
        "recordTypeInfos": [],
        "searchLayoutable": False,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [],
    }


def _child(relationship: str, child: str, field_name: str) -> dict[str, object]:
    return {
        "cascadeDelete": False,
        "childSObject": child,
        "deprecatedAndHidden": False,
        "field": field_name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": relationship,
        "restrictedDelete": False,
    }


def _field(field: Field, relationship: str | None, parent: str | None) -> dict[str, object]:
    length = _LENGTHS.get(field.type, 0)
    is_id = field.type == "id"
    return {
        "name": field.name,
        "label": field.label or field.name,
        "type": field.type,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "aggregatable": field.aggregatable,
        "filterable": field.filterable,
        "sortable": field.sortable,
        "groupable": field.groupable,
        "nillable": field.name != "Id",
        "idLookup": is_id,
        "defaultedOnCreate": is_id,
        "nameField": field.name == "Name",
        "length": length,
        "byteLength": length * _BYTES_PER_CHARACTER,
        "digits": 9 if field.type == "int" else 0,
        "precision": 18 if field.type == "double" else 0,
        "scale": 0,
        **dict.fromkeys(_FIELD_IS_NOT, False),
        **dict.fromkeys(_FIELD_HAS_NO),
        "picklistValues": [
            {
                "active": True,
                "defaultValue": False,
                "label": shown,
                "validFor": None,
                "value": value,
            }
            for value, shown in field.labels.items()
        ],
        "relationshipName": relationship,
        "referenceTo": [] if parent is None else [parent],
    }
