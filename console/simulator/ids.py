"""Salesforce record ids: 15 case-sensitive characters, or 18 with the case-safe suffix.

The three first characters name the kind of record (``005`` user, ``0H4`` connected app, ``0xI``
External Client App, ``888`` OAuth consumer, ``0AT`` event log file, ``0Ya`` login history).
"""

from functools import lru_cache

from console.simulator.dice import number_from

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_INSTANCE = "Hs000"
_SERIAL_DIGITS = 7


def base62(number: int, digits: int) -> str:
    """The lowest ``digits`` base-62 digits of ``number``, most significant first."""
    text = []
    for _ in range(digits):
        number, digit = divmod(number, 62)
        text.append(BASE62[digit])
    return "".join(reversed(text))


def long_id(short_id: str) -> str:
    """The 18-character form of a 15-character id."""
    capitals = 0
    for n, char in enumerate(short_id):
        if "A" <= char <= "Z":
            capitals |= 1 << n
    groups = (capitals & 31, capitals >> 5 & 31, capitals >> 10)
    return short_id + "".join(_SUFFIX[group] for group in groups)


@lru_cache(maxsize=16_384)
def record_id(prefix: str, *key: str | int) -> str:
    """The 18-character id of the record that ``key`` names, always the same for one key."""
    number = number_from("record", prefix, *key)
    return long_id(prefix + _INSTANCE + base62(number, _SERIAL_DIGITS))


def consumer_key_of(app: str) -> str:
    """The OAuth consumer key of an app: ``3MVG9`` and 80 characters, as real keys look."""
    parts = [base62(number_from("consumer key", app, n), 10) for n in range(8)]
    return "3MVG9" + "".join(parts)
