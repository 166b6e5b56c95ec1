"""What the panel says when the collector has ended."""

from console.presenters.notices import collector_ended

SAID = """orgwatch: logging in to acme, then collecting into /tmp/acme.db
orgwatch: The user has not approved the app
  The app exists and the signature is right.
  What to do: In Setup, open the app's policies and pre-authorize the user.
  It said: invalid_grant: user hasn't approved this consumer"""


def test_the_last_fault_is_told_whole_and_as_running_text() -> None:
    assert collector_ended(SAID).detail == (
        "The user has not approved the app. The app exists and the signature is right. "
        "What to do: In Setup, open the app's policies and pre-authorize the user. "
        "It said: invalid_grant: user hasn't approved this consumer"
    )


def test_of_other_words_the_end_is_told() -> None:
    trace = "Traceback\n" + "  File\n" * 300 + "MemoryError"
    assert collector_ended(trace).detail.endswith("File MemoryError")
    assert len(collector_ended(trace).detail) <= 600


def test_control_characters_are_shown_and_not_obeyed() -> None:
    assert collector_ended("orgwatch: a\x1b]0;owned\x07").detail == "a␛]0;owned␇"
