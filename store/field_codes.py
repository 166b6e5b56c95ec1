"""Fields of API call rows that repeat, decoded once and remembered.

Each decoder also says whether the text is regular, that is, whether the decoded value alone gives
it back to the letter. What each remembers is bounded.
"""

from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

from store.log_time import compact_ms, compact_text, iso_ms, iso_text
from store.log_values import whole_number
from store.terms import TermIds

_MEMORY_BOUND = 10_000
_ERROR_STATUS = 400
_SECOND_DIGITS = 14
_FRACTIONS = {f".{ms:03d}": ms for ms in range(1000)}


class _Irregular(Exception):
    """A time text that needs a closer look."""


class _Seconds(dict[str, tuple[int, str]]):
    """By the 14 digits of a second: its start in ms, and as ISO text without zone."""

    def __missing__(self, digits: str) -> tuple[int, str]:
        if len(self) >= _MEMORY_BOUND:
            self.clear()
        start_ms = compact_ms(digits) if len(digits) == _SECOND_DIGITS else None
        if start_ms is None:
            raise _Irregular
        self[digits] = (start_ms, iso_text(start_ms)[:19])
        return self[digits]


class StampDecoder:
    """Decodes the columns ``TIMESTAMP`` and ``TIMESTAMP_DERIVED`` into times."""

    def __init__(self) -> None:
        self._seconds = _Seconds()

    def decode(
        self, stamps: Sequence[str] | None, derived: Sequence[str] | None, count: int
    ) -> tuple[Sequence[int | None], list[bool]]:
        """The time of each of ``count`` rows in ms, None where neither text gives one.

        Either column may be missing. The list says for each row whether a text is odd, that is,
        would not come back from the time to the letter; it is empty when none is.
        """
        if stamps is not None:
            try:
                return self._regular(stamps, derived), []
            except (_Irregular, KeyError):
                pass
        times = [
            _time_of(stamp, iso)
            for stamp, iso in zip(
                stamps or repeat("", count), derived or repeat("", count), strict=True
            )
        ]
        return times, [
            time_ms is None
            or (stamps is not None and stamps[n] != compact_text(time_ms))
            or (derived is not None and derived[n] != iso_text(time_ms))
            for n, time_ms in enumerate(times)
        ]

    def _regular(self, stamps: Sequence[str], derived: Sequence[str] | None) -> list[int]:
        """The times of rows that are all regular; raises when one is not."""
        starts = [self._seconds[stamp[:_SECOND_DIGITS]] for stamp in stamps]
        if derived is not None:
            expected = [
                f"{iso}{stamp[_SECOND_DIGITS:]}Z"
                for (_, iso), stamp in zip(starts, stamps, strict=True)
            ]
            if tuple(expected) != tuple(derived):
                raise _Irregular
        return [
            start_ms + _FRACTIONS[stamp[_SECOND_DIGITS:]]
            for (start_ms, _), stamp in zip(starts, stamps, strict=True)
        ]


def _time_of(stamp: str, iso: str) -> int | None:
    time_ms = compact_ms(stamp)
    return iso_ms(iso) if time_ms is None else time_ms


class Status(NamedTuple):
    """A status code, whether its text is regular, and the row id of its term."""

    code: int | None
    is_error: bool
    regular: bool
    term_id: int


class StatusDecoder(dict[str, Status]):
    """Decodes ``STATUS_CODE``; a text that is no number is an unknown status."""

    def __init__(self, terms: TermIds) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, text: str) -> Status:
        if len(self) >= _MEMORY_BOUND:
            self.clear()
        code = whole_number(text)
        plain = "" if code is None else str(code)
        self[text] = Status(
            code, code is not None and code >= _ERROR_STATUS, plain == text, self._terms[plain]
        )
        return self[text]


class CountedDecoder(dict[str, tuple[int | None, bool]]):
    """Decodes ``COUNTS_AGAINST_API_LIMIT``: 1 or 0 in files, true or false in documentation."""

    def __missing__(self, text: str) -> tuple[int | None, bool]:
        if len(self) >= _MEMORY_BOUND:
            self.clear()
        known = {"1": 1, "true": 1, "0": 0, "false": 0}.get(text.strip().lower())
        self[text] = (known, text in ("1", "0", ""))
        return self[text]
