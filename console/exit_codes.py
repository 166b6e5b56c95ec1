"""Exit codes of every orgwatch command; scripts and pipelines rely on them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a finished command says to whoever started it."""

    OK = 0
    """Done, and nothing to complain of."""
    ANSWER_IS_NO = 1
    """Done, and the answer is no: a verification or a gate failed."""
    WRONG_USAGE = 2
    """The command line or the configuration is wrong."""
    ORG_REFUSED = 3
    """The org could not be reached or refused the login."""
    STORE_UNUSABLE = 4
    """The store could not be used."""
    NOT_COLLECTED = 5
    """No honest answer is possible: what it needs was not collected."""
    INTERNAL_FAULT = 70
    """orgwatch itself failed; the log file has the details."""
    INTERRUPTED = 130
    """Stopped by the user."""
