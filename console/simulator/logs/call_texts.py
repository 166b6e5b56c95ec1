"""What rows about calls have in common: texts that few outcomes of a call share, and times."""

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from console.simulator.life.traffic import Call
from console.simulator.logs.csv_file import quoted
from console.simulator.moments import MINUTE_MS
from console.simulator.org.call_kinds import kind_of
from console.simulator.org.integration import CallShape, SimIntegration

Text = TypeVar("Text")


class KindTexts(NamedTuple, Generic[Text]):
    """The texts of one kind of call. The first two tables are those of `CallKind`."""

    by_status: tuple[int, ...]
    by_origin: tuple[int, ...]
    texts: tuple[Text, ...]
    """For each outcome."""
    resources: tuple[str, ...]
    """For the bits that choose the record: its name as a file has it, with its quotes."""
    is_soap: bool


class CallTexts(dict[tuple[SimIntegration, CallShape], KindTexts[Text]], Generic[Text]):
    """The texts of all kinds of call, each composed when it is first needed.

    ``named`` gives what a file calls a resource. Memory: as many texts as the org's integrations
    have outcomes, a few thousand.
    """

    def __init__(self, compose: Callable[[Call], Text], named: Callable[[str], str] = str) -> None:
        super().__init__()
        self._compose = compose
        self._named = named

    def __missing__(self, key: tuple[SimIntegration, CallShape]) -> KindTexts[Text]:
        kind = kind_of(*key)
        self[key] = KindTexts(
            kind.by_status,
            kind.by_origin,
            tuple(map(self._compose, kind.outcomes)),
            tuple(_kept_quoted(self._named(name)) for name in kind.resources),
            key[1].family == "SOAP",
        )
        return self[key]


_kept_quoted = lru_cache(maxsize=16_384)(quoted)


def soap_request_id(number: int) -> str:
    """REQUEST_ID of a SOAP call, the same in every log that tells of it."""
    return f"TID:{number:020d}"


@lru_cache(maxsize=1)
def second_texts() -> tuple[str, ...]:
    """``SS.mmm`` for each millisecond of a minute."""
    return tuple(f"{ms // 1000:02d}.{ms % 1000:03d}" for ms in range(MINUTE_MS))
