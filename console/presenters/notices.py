"""Failures turned into the panel that says what happened, what it means and what to do."""

import sqlite3

from console import paths
from console.safe_text import visible
from store.errors import StoreError
from widgets.types import NoticeView, Severity

_MAX_DETAIL = 400
"""Characters of another program's own words: enough to recognise, too few to fill the screen."""
_MAX_SENTENCES = 600
"""Characters of a command's own: what is wrong, what it means, what to do, what the org said."""


def store_error(error: StoreError) -> NoticeView:
    """The store's own three sentences."""
    return NoticeView(
        error.title,
        error.meaning,
        error.next_step,
        visible(error.detail, _MAX_DETAIL),
        Severity.CRITICAL,
    )


def reading_failed(error: sqlite3.Error) -> NoticeView:
    """SQLite could not answer; the next reading may succeed."""
    return NoticeView(
        "The store could not be read just now",
        "What is on the screen stays as it was and is not being renewed.",
        "It is tried again by itself. If this stays, leave and start the console again.",
        visible(str(error), _MAX_DETAIL),
    )


def broken_screen(error: BaseException) -> NoticeView:
    """A fault in orgwatch itself."""
    return NoticeView(
        "This screen met a fault in orgwatch",
        "The rest of the console and the collection go on.",
        f"Please report it with the log file {visible(str(paths.log_file()))}.",
        visible(f"{type(error).__name__}: {error}", _MAX_DETAIL),
        Severity.CRITICAL,
    )


def collector_ended(last_words: str) -> NoticeView:
    """The process that fills the store has ended by itself."""
    return NoticeView(
        "The collector has stopped",
        "What is shown is what was collected until then; nothing new comes in.",
        "Quit and start again; what it said last is below.",
        visible(_last_sentences(last_words), _MAX_SENTENCES),
        Severity.CRITICAL,
    )


def _last_sentences(said: str) -> str:
    """What a command of ours said last, as running text; the end of anything else."""
    _before, ours, sentences = f"\n{said}".rpartition("\norgwatch: ")
    if not ours:
        return " ".join(sentences.split())[-_MAX_SENTENCES:]
    title, _, rest = sentences.partition("\n")
    return f"{title}. {' '.join(rest.split())}" if rest else title


def starting() -> NoticeView:
    """The collector has been started and has not written anything yet."""
    return NoticeView(
        "Starting",
        "The collector is logging in and reading the first figures.",
        "Nothing to do: they appear here by themselves within seconds.",
        severity=Severity.OK,
    )
