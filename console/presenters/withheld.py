"""What a screen may not read: one line that says it once, and lists that promise nothing."""

from dataclasses import replace

from console.answers.sources import Withheld
from console.safe_text import visible
from store.access_records import SourceAccess
from widgets.row_types import Cell, RecordView, Tone

_TEXT_LIMIT = 200
NOTHING_TO_COME = "Nothing to show: the org does not let orgwatch read it. 6 Access says why."


def present_withheld(gone: Withheld) -> tuple[Cell, ...]:
    """The first reason with all sources that it takes away, and where the others stand."""
    if not gone.sources:
        return ()
    first = _why(gone.sources[0])
    same = [source.title for source in gone.sources if _why(source) == first]
    others = len(gone.sources) - len(same)
    cells = (
        Cell(f"○ {visible(', '.join(same), _TEXT_LIMIT)}: "),
        Cell(f"{visible(first, _TEXT_LIMIT)}.  ", Tone.MUTED),
    )
    if not others:
        return cells
    return (*cells, Cell(f"{others} more: 6 Access", Tone.MUTED))


def unfillable(records: RecordView, gone: Withheld) -> RecordView:
    """``records`` that, where nothing may be read that would fill them, do not promise to fill."""
    return replace(records, empty=NOTHING_TO_COME) if gone.is_everything else records


def needed(source: SourceAccess) -> str:
    """What is missing, by its name in Setup; empty where nothing is, or nobody knows."""
    return visible((source.missing or "").removeprefix("the permission "), _TEXT_LIMIT)


def _why(source: SourceAccess) -> str:
    return f"needs {needed(source)}" if source.missing else f"not readable, {source.evidence}"
