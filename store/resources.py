"""API resources in two parts: the shape that many calls share, and what varies in it.

``/v62.0/sobjects/Account/001Hs000001abcDIAQ`` is counted as ``/v62.0/sobjects/Account/{…}``; the
row keeps ``["001Hs000001abcDIAQ"]`` beside it, so the resource can be written out as it came.
"""

import json
import re
import sqlite3

import msgspec

from store.terms import TermIds

MAX_TERMS = 200_000
"""Once the dictionary of a store holds so many texts, no new shape gets a row of its own."""

OTHER_RESOURCES = "(other resources)"
"""The shape of all further ones; their rows keep them in full."""

HOLE = "{…}"
"""Stands in a shape for what varies: a record id, a number, a UUID, the query string."""

_MEMORY_BOUND = 100_000
_VARIABLE = re.compile(
    r"((?<=/)(?:"
    r"(?=[a-zA-Z]*\d)[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?(?:-\d+)?"  # record id, query locator
    r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r")(?=[/.?]|$)"
    r"|(?<=/)\d+(?=[/?]|$)"
    r"|(?<=\?).+)",
    re.DOTALL | re.ASCII,
)

_encoder = msgspec.json.Encoder()


class ResourceIds(dict[str, tuple[int, str | None]]):
    """By resource: its shape's row id in ``term``, and what varies as JSON, or None."""

    def __init__(self, connection: sqlite3.Connection, terms: TermIds) -> None:
        super().__init__()
        self._connection = connection
        self._terms = terms

    def __missing__(self, resource: str) -> tuple[int, str | None]:
        if len(self) >= _MEMORY_BOUND:
            self.clear()
        shape, parts = split_resource(resource)
        if shape not in self._terms and self._is_new_and_too_many(shape):
            shape, parts = OTHER_RESOURCES, _json([resource])
        self[resource] = (self._terms[shape], parts)
        return self[resource]

    def _is_new_and_too_many(self, shape: str) -> bool:
        newest = self._connection.execute("SELECT MAX(id) FROM term").fetchone()[0]
        if newest is None or newest < MAX_TERMS:
            return False
        row = self._connection.execute("SELECT 1 FROM term WHERE text = ?", (shape,)).fetchone()
        return row is None


def split_resource(resource: str) -> tuple[str, str | None]:
    """The shape of ``resource``, and what fills its holes as a JSON list; None without holes."""
    if HOLE in resource or resource == OTHER_RESOURCES:
        return resource, None
    pieces = _VARIABLE.split(resource)
    parts = pieces[1::2]
    return (HOLE.join(pieces[::2]), _json(parts)) if parts else (resource, None)


def joined_resource(shape: str, parts: str | None) -> str:
    """The resource as it came; the inverse of `split_resource`."""
    if parts is None:
        return shape
    fillings: list[str] = json.loads(parts)
    if shape == OTHER_RESOURCES:
        return fillings[0]
    pieces = shape.split(HOLE)
    filled = [text for pair in zip(pieces, fillings, strict=False) for text in pair]
    return "".join([*filled, pieces[-1]])


def _json(parts: list[str]) -> str:
    return _encoder.encode(parts).decode()
