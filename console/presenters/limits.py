"""The limits room: every limit as a row, most endangered first, and one of them in words."""

import re
from collections import Counter
from collections.abc import Sequence

from console.answers.limits import POOL_LIMIT, LimitAnswer, LimitsAnswer
from console.answers.sources import NOTHING_WITHHELD, Withheld
from console.presenters import formats
from console.presenters.severities import TONE, severity, sign, word
from console.safe_text import visible
from widgets.row_types import Cell, Column, RecordView, Row, Tone
from widgets.types import Severity

_NAME_LIMIT = 120
_COLUMNS = (
    Column("sign", "", 1),
    Column("name", "Limit", 28, widest=46),
    Column("bar", "Used", 8, widest=60),
    Column("percent", "", 7, right=True),
    Column("used", "Amount", 9, right=True, widest=11),
    Column("max", "Of", 9, right=True, widest=11),
    Column("trend", "24 h", 12, widest=48, priority=1),
    Column("word", "State", 8, priority=2),
)
_WORDS = re.compile(r"[A-Z]\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ORDER = (Severity.EXCEEDED, Severity.CRITICAL, Severity.WARNING, Severity.OK, Severity.UNKNOWN)


def present_headline(
    answer: LimitsAnswer, shown: int, text: str, gone: Withheld = NOTHING_WITHHELD
) -> tuple[Cell, ...]:
    """How many limits there are in each state, when they were read, and what is filtered."""
    if not answer.limits:
        unread = "No limit is known." if gone.is_everything else "No limit has been read yet."
        return (Cell(unread, Tone.MUTED),)
    counts = Counter(severity(limit.severity) for limit in answer.limits)
    count = formats.plural(len(answer.limits), "limit")
    filtered = f"{shown} of {count} with “{visible(text, 20)}”"
    cells = [Cell(filtered, Tone.ACCENT) if text else Cell(count, Tone.STRONG)]
    for level in _ORDER:
        if counts[level]:
            cells.append(Cell("   "))
            cells.append(Cell(f"{sign(level).text} {counts[level]} {level}", sign(level).tone))
    # The pool's figure comes with every answer of the org, so its time says nothing of the others.
    read = [one.sampled_at for one in answer.limits if one.sampled_at and one.name != POOL_LIMIT]
    if read:
        at = formats.time_near(max(read), answer.as_of)
        cells.append(Cell(f"   read {at}", Tone.MUTED))
    return tuple(cells)


def matching(limits: Sequence[LimitAnswer], text: str) -> tuple[LimitAnswer, ...]:
    """The limits whose name, in words or as it is, or whose state holds ``text``."""
    wanted = text.casefold().strip()
    return tuple(
        limit
        for limit in limits
        if wanted in f"{limit.name} {in_words(limit.name)} {limit.severity}".casefold()
    )


def present_limits(limits: Sequence[LimitAnswer], text: str) -> RecordView:
    """Rows in the answer's order: most endangered first."""
    empty = (
        f"No limit has “{visible(text, 30)}” in its name. Esc takes the filter away."
        if text
        else "No limit has been read yet: the collector reads them at its first login."
    )
    return RecordView(_COLUMNS, tuple(_row(limit) for limit in limits), empty)


def present_detail(limit: LimitAnswer) -> tuple[tuple[Cell, ...], ...]:
    """Two lines about the selected limit: what it is and how it stands, and its last day."""
    level = severity(limit.severity)
    title = (
        word(level),
        Cell(f"  {visible(limit.name, _NAME_LIMIT)}", Tone.STRONG),
        Cell(f"  {in_words(visible(limit.name, _NAME_LIMIT))}", Tone.MUTED),
    )
    return title, (Cell(_standing(limit)),)


def in_words(name: str) -> str:
    """``DailyBulkV2QueryJobs`` as ``daily bulk V2 query jobs``."""
    words = _WORDS.findall(name)
    return " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in words)


def _row(limit: LimitAnswer) -> Row:
    level = severity(limit.severity)
    tone = TONE[level]
    return Row(
        limit.name,
        (
            sign(level),
            Cell(visible(limit.name, _NAME_LIMIT), tone),
            Cell(bar=limit.used_fraction or 0.0, tone=tone),
            Cell(formats.percent(limit.used_fraction), tone),
            Cell(formats.count(limit.used)),
            Cell(formats.count(limit.max_value), Tone.MUTED),
            Cell(trend=limit.trend, trend_top=1.0),
            Cell(level.value, sign(level).tone),
        ),
    )


def _standing(limit: LimitAnswer) -> str:
    parts = []
    if limit.max_value == 0:
        parts.append("This org has none of it: the maximum is 0.")
    elif limit.used is None or limit.max_value is None:
        parts.append("Its use is not known.")
    else:
        parts.append(f"{limit.used:,} of {limit.max_value:,} used.")
        left = limit.max_value - limit.used
        parts.append(f"{left:,} left." if left >= 0 else f"{-left:,} beyond the limit.")
    if len(limit.trend) > 1:
        low, high = formats.percent(min(limit.trend)), formats.percent(max(limit.trend))
        parts.append(f"Between {low} and {high} in 24 h.")
    return " ".join(parts)
