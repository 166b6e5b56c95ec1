"""Fields of API call rows that repeat, decoded once and remembered.

Each decoder also says whether the text is regular, that is, whether the decoded value alone gives
it back to the letter. What each remembers is bounded.
"""

from typing import NamedTuple

from store.log_time import compact_ms, iso_ms, iso_text
from store.log_values import whole_number
from store.terms import TermIds

_MEMORY_BOUND = 10_000
_SECONDS = {f"{second:02d}": second * 1000 for second in range(60)}
_MILLISECONDS = {f"{ms:03d}": ms for ms in range(1000)}
_MINUTE_DIGITS = 12
_STAMP_LENGTH = 18


class StampDecoder:
    """Decodes ``TIMESTAMP`` and ``TIMESTAMP_DERIVED`` of one row into one time."""

    def __init__(self) -> None:
        self._minutes: dict[str, tuple[int, str] | None] = {}

    def decode(self, stamp: str, derived: str | None) -> tuple[int | None, bool]:
        """The row's time in ms, None when neither text gives one; and whether both are regular.

        ``derived`` is None where the log has no such column.
        """
        minute = stamp[:_MINUTE_DIGITS]
        known = self._minutes[minute] if minute in self._minutes else self._learn(minute)
        if known is not None and len(stamp) == _STAMP_LENGTH and stamp[14] == ".":
            second = _SECONDS.get(stamp[12:14])
            ms = _MILLISECONDS.get(stamp[15:])
            if second is not None and ms is not None:
                regular = derived is None or (derived == f"{known[1]}{stamp[12:14]}.{stamp[15:]}Z")
                return known[0] + second + ms, regular
        time_ms = compact_ms(stamp)
        if time_ms is None and derived:
            time_ms = iso_ms(derived)
        return time_ms, False

    def _learn(self, minute: str) -> tuple[int, str] | None:
        if len(self._minutes) >= _MEMORY_BOUND:
            self._minutes.clear()
        start_ms = compact_ms(minute + "00") if len(minute) == _MINUTE_DIGITS else None
        known = None if start_ms is None else (start_ms, iso_text(start_ms)[:17])
        self._minutes[minute] = known
        return known


class Status(NamedTuple):
    """A status code, whether its text is regular, and the row id of its term."""

    code: int | None
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
        self[text] = Status(code, plain == text, self._terms[plain])
        return self[text]


class CountedDecoder(dict[str, tuple[int | None, bool]]):
    """Decodes ``COUNTS_AGAINST_API_LIMIT``: 1 or 0 in files, true or false in documentation."""

    def __missing__(self, text: str) -> tuple[int | None, bool]:
        if len(self) >= _MEMORY_BOUND:
            self.clear()
        known = {"1": 1, "true": 1, "0": 0, "false": 0}.get(text.strip().lower())
        self[text] = (known, text in ("1", "0", ""))
        return self[text]
