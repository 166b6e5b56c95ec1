"""The opaque keys that Salesforce puts into events and log rows, made from 64 bits of chance."""

import base64
from collections.abc import Sequence
from functools import lru_cache

from console.simulator.dice import MASK, mixed
from console.simulator.ids import base62, long_id

_VERSION_4 = 0x4 << 76
_VARIANT = 0x8 << 60


def uuid_text(number: int, step: int) -> str:
    """A UUID, as EventIdentifier and EventUuid are."""
    high, low = mixed(number, step), mixed(number, step + 1)
    bits = (high << 64 | low) & ~(0xF << 76) & ~(0xC << 60)
    text = f"{bits | _VERSION_4 | _VARIANT:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def session_key(number: int, step: int) -> str:
    """LoginKey or SessionKey: 16 characters of base64, ``+`` and ``/`` among them."""
    bits = (mixed(number, step) << 32 | mixed(number, step + 1) & 0xFFFFFFFF) & ((1 << 96) - 1)
    return base64.b64encode(bits.to_bytes(12)).decode()


def request_id(number: int) -> str:
    """REQUEST_ID of a REST call: 22 characters of URL-safe base64."""
    bits = (number << 64 | (number * 0x9E3779B97F4A7C15 & MASK)).to_bytes(16)
    return base64.urlsafe_b64encode(bits)[:22].decode()


def request_ids(numbers: Sequence[int]) -> list[str]:
    """`request_id` of many numbers at once, at a third of the cost."""
    # Each id gets 18 bytes, which base64 writes as 24 characters, of which the last two are void.
    count = len(numbers)
    lanes = int.from_bytes(b"".join([number.to_bytes(18) for number in numbers]))
    products = lanes * 0x9E3779B97F4A7C15 & MASK * _ones(count)
    blocks = (lanes << 80 | products << 16).to_bytes(18 * count)
    text = base64.urlsafe_b64encode(blocks).decode()
    return [text[start : start + 22] for start in range(0, 24 * count, 24)]


@lru_cache(maxsize=512)
def _ones(count: int) -> int:
    """A 1 in each of so many lanes of 144 bits."""
    return ((1 << 144 * count) - 1) // ((1 << 144) - 1)


@lru_cache(maxsize=4096)
def login_history_id(number: int) -> str:
    """The 18-character id of the LoginHistory record of a session."""
    return long_id("0YaHs000" + base62(number, 7))
