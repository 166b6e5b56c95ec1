"""A version of the API that Salesforce is about to retire says so with every answer.

``Warning: 299 - "This API is deprecated and will be removed by Summer '22. …"`` (REST API guide,
"Warning Header").
"""

import re

_MAX_CHARACTERS = 1_000
_DEPRECATED = re.compile(r'299\s+\S+\s+"((?:[^"\\]|\\.)*)"')


def deprecation(warning_header: str | None) -> str | None:
    """The words of a deprecation warning; None when the header is missing or of another kind."""
    match = _DEPRECATED.search((warning_header or "")[:_MAX_CHARACTERS])
    return match[1].strip() or None if match else None
