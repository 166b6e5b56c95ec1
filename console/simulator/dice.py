"""Repeatable chance: the same keys give the same numbers on every machine and Python.

``random.Random`` only promises that for ``random()``; what is drawn here ends up in files that
must be equal byte for byte.
"""

import hashlib

MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15


def number_from(*key: str | int) -> int:
    """A 64-bit number that belongs to ``key``."""
    text = "\x1f".join(str(part) for part in key)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def mixed(number: int, step: int) -> int:
    """The 64-bit number that follows ``number`` at ``step`` (splitmix64's output function)."""
    z = (number + (step + 1) * _GAMMA) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def fraction(number: int) -> float:
    """A 64-bit number as a fraction in [0, 1)."""
    return (number >> 11) / (1 << 53)
