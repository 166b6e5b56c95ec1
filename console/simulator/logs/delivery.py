"""Which rows of an hour come when: on time, late, or after the day's file was already made.

Everything follows from the hour and from each row's own number, so nothing has to be remembered.
"""

from collections.abc import Sequence

from console.simulator.dice import fraction, mixed, number_from
from console.simulator.logs.quirks import LogQuirks
from console.simulator.moments import HOUR_MS

ON_TIME, LATE, STRAGGLING = 0, 1, 2
PARTS = (ON_TIME, LATE, STRAGGLING)
SOONEST_MS = 3 * HOUR_MS
"""No file is made earlier than this after the end of what it covers."""
LONGEST_MS = 84 * HOUR_MS
"""None is made later than this after the end of its day."""
_DAY_H = 24


class Delivery:
    """When rows and files come, under a set of quirks. Hours and days count from 1970 in UTC."""

    def __init__(self, quirks: LogQuirks) -> None:
        self._quirks = quirks

    def is_split(self, hour: int) -> bool:
        """Whether some rows of the hour may come later than its first file."""
        return self._has_late(hour) or self.has_stragglers(hour)

    def possible_parts(self, hour: int) -> tuple[int, ...]:
        """The parts in which rows of the hour may come, in their order."""
        late = (LATE,) if self._has_late(hour) else ()
        straggling = (STRAGGLING,) if self.has_stragglers(hour) else ()
        return (ON_TIME, *late, *straggling)

    def has_stragglers(self, hour: int) -> bool:
        """Whether it is the hour of a day that is made again."""
        day = hour // _DAY_H
        return self.straggling_hour(day) == hour

    def straggling_hour(self, day: int) -> int | None:
        """The hour since 1970 whose stragglers make that day's file be made again, if any."""
        chance = mixed(day, 73)
        if not _one_in(self._quirks.remade_days, chance):
            return None
        return day * _DAY_H + mixed(chance, 1) % _DAY_H

    def parts(self, hour: int, numbers: Sequence[int]) -> bytes:
        """For each row of an hour with these numbers, the part in which it comes."""
        late, straggling = self._has_late(hour), self.has_stragglers(hour)
        return bytes(
            STRAGGLING
            if straggling and number >> 54 & 0xF == number >> 6 & 0xF
            else LATE
            if late and number >> 58 == number & 0x3F
            else ON_TIME
            for number in numbers
        )

    def repeats(self, event_type: str, hour: int, part: int) -> bool:
        """Whether an additional file holds some rows of the first file once more."""
        if part == ON_TIME:
            return False
        return _one_in(self._quirks.repeats, number_from("repeats", event_type, hour, part))

    def is_repeated(self, number: int) -> bool:
        """Whether a row of the first file is among those that are sent once more: 1 in 32."""
        return number >> 20 & 0x1F == 9

    def is_gap(self, hour: int) -> bool:
        """Whether the hour has no hourly file of any type."""
        return _one_in(self._quirks.gaps, mixed(hour, 79))

    def is_empty_file(self, event_type: str, hour: int) -> bool:
        """Whether an hour without rows of that type has a file of no bytes."""
        return _one_in(self._quirks.empty_files, number_from("empty", event_type, hour))

    def is_listed_twice(self, file_id: str) -> bool:
        """Whether a file is listed under two ids."""
        return _one_in(self._quirks.listed_twice, number_from("listed twice", file_id))

    def hour_made_ms(self, event_type: str, hour: int, part: int) -> int:
        """When an hour's file of that part is made."""
        chance = number_from("file", event_type, "Hourly", hour)
        delay_h = 3 + 2.5 * fraction(mixed(chance, 1))
        if _one_in(self._quirks.held_files, mixed(chance, 3)):
            delay_h += 3 + 51 * fraction(mixed(chance, 4))
        if part != ON_TIME:
            delay_h += 0.7 + 3 * fraction(mixed(chance, 2))
        made_ms = (hour + 1) * HOUR_MS + int(delay_h * HOUR_MS)
        if part == STRAGGLING:
            day_end_ms = (hour // _DAY_H + 1) * _DAY_H * HOUR_MS
            after_day_h = 9 + 50 * fraction(mixed(chance, 5))
            made_ms = max(made_ms + HOUR_MS, day_end_ms + int(after_day_h * HOUR_MS))
        return made_ms - made_ms % 1000

    def day_made_ms(self, event_type: str, day: int) -> int:
        """When a day's file is made first."""
        chance = number_from("file", event_type, "Daily", day)
        delay_h = 3 + 2.5 * fraction(mixed(chance, 1))
        made_ms = (day + 1) * _DAY_H * HOUR_MS + int(delay_h * HOUR_MS)
        return made_ms - made_ms % 1000

    def day_remade_ms(self, event_type: str, day: int, hour: int) -> int:
        """When it is made again, because of the stragglers of ``hour``."""
        chance = number_from("file", event_type, "Daily", day)
        later_ms = int((0.2 + 2 * fraction(mixed(chance, 2))) * HOUR_MS)
        made_ms = self.hour_made_ms(event_type, hour, STRAGGLING) + later_ms
        return made_ms - made_ms % 1000

    def _has_late(self, hour: int) -> bool:
        return _one_in(self._quirks.late_hours, mixed(hour, 71))


def _one_in(many: int, chance: int) -> bool:
    return bool(many) and chance % many == 0
