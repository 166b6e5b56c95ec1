"""Bodies of requests read without trust, for what comes from strangers.

Python's JSON reader has more ways to give up than its own error: numbers of thousands of digits,
nesting without end, encodings that nobody knows. Here all of them are one.
"""

import json
from collections.abc import Mapping

from aiohttp import web


class UnreadableBody(Exception):
    """A body that is not what its reader is for."""


def json_of(body: bytes) -> object:
    """The document in ``body``, in whichever UTF it is; raises UnreadableBody if it is no JSON."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableBody("no readable JSON") from None
    return document


async def form_of(request: web.Request) -> Mapping[str, object]:
    """The fields of the form in a request's body; none where there is no form that can be read.

    What then is missing decides the answer. Raises aiohttp's 413 for a body that is too large.
    """
    try:
        return await request.post()
    except (LookupError, ValueError):
        return {}
