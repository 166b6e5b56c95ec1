"""``@{referenceId.field}`` in a composite part: values taken from the answers before it.

A path may go through objects and lists: ``@{users.records[0].Id}`` (REST API guide, Composite).
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)\.([^{}]{1,500})\}")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,6})\]")


class ReferenceUnknown(Exception):
    """A reference to a part that was not answered well, or to a value that it does not have."""


def with_values(url: str, answered: Mapping[str, object]) -> str:
    """``url`` with each reference replaced by its value, percent-encoded.

    ``answered`` holds the bodies of the parts that went well. Raises ReferenceUnknown.
    """
    return _REFERENCE.sub(lambda found: _value(found, answered), url)


def _value(found: re.Match[str], answered: Mapping[str, object]) -> str:
    reference_id, path = found.groups()
    unknown = ReferenceUnknown(
        f"Invalid reference specified. No value for {reference_id}.{path} found in {reference_id}"
    )
    if reference_id not in answered:
        raise unknown
    value = answered[reference_id]
    for step in _STEP.finditer(path):
        name, index = step.groups()
        if name is not None and isinstance(value, dict) and name in value:
            value = value[name]
        elif index is not None and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            raise unknown
    if not isinstance(value, str | int | float):
        raise unknown
    return quote(str(value), safe="")
