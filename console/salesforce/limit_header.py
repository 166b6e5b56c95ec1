"""The ``Sforce-Limit-Info`` header, which every counted REST answer carries.

Forms seen (REST API guide, "Limit Info Header"; releases 200 to 264)::

    api-usage=10018/100000
    api-usage=25/5000; per-app-api-usage=17/250(appName=sample-connected-app)
    api-usage=10018/100000; api-bursts=1/750

Only ``api-usage`` is the pool of the org. The used figure may exceed the limit.
"""

import re

LIMIT_HEADER = "Sforce-Limit-Info"

_POOL = re.compile(r"api-usage\s*=\s*([0-9]{1,15})\s*/\s*([0-9]{1,15})", re.ASCII)
_SEPARATORS = re.compile(r"[;,]")
_MAX_CHARACTERS = 4_096


def parse_limit_info(text: str) -> tuple[int, int] | None:
    """Calls used and calls allowed in the rolling 24 hours; None when ``text`` names neither."""
    for segment in _SEPARATORS.split(text[:_MAX_CHARACTERS]):
        match = _POOL.fullmatch(segment.strip())
        if match is not None:
            return int(match[1]), int(match[2])
    return None
