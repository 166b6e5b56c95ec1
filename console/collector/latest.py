"""A value of which only the newest matters, handed from a callback to a task."""

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """Holds one value: ``put`` never waits, ``take`` waits for one not taken before."""

    def __init__(self) -> None:
        self._value: T | None = None
        self._there = asyncio.Event()

    def put(self, value: T) -> None:
        """Make ``value`` the newest; one that nobody took is forgotten."""
        self._value = value
        self._there.set()

    async def take(self) -> T:
        """The newest value, once there is one."""
        await self._there.wait()
        return self._taken()

    def take_now(self) -> T | None:
        """The newest value if there is one that was not taken, without waiting."""
        return self._taken() if self._there.is_set() else None

    def _taken(self) -> T:
        self._there.clear()
        value, self._value = self._value, None
        assert value is not None  # noqa: S101 - the event is set only with a value
        return value
