"""The tree of errors a person may meet, each with a title, a meaning and a next step.

::

    OrgwatchError                what every command turns into sentences, never a traceback
    ├── ConfigurationError       exit 2  a setting, option or key file is wrong
    ├── TerminalError            exit 2  the terminal cannot show the console
    ├── OrgError                 exit 3  the org could not be asked
    │   ├── OrgUnreachable               no answer: name, network, TLS, time-out
    │   ├── LoginRefused                 the token endpoint said no
    │   ├── OrgRefused                   a resource said no (permission, limit, retired version)
    │   └── UnreadableAnswer             an answer that is not what Salesforce documents
    ├── PortTaken                exit 2  the simulated org's port is in use
    └── NotCollected             exit 5  the store lacks what the answer needs

The store may not import this package; its own root, ``store.errors.StoreError``, has the
same three sentences and is turned into exit code 4 at the same boundary.
"""

from console.exit_codes import ExitCode


class OrgwatchError(Exception):
    """A failure that a person can act on.

    ``title`` says what happened, ``meaning`` what that is in plain words, ``next_step`` what to
    do about it, and ``detail`` keeps the other side's own words, shown beneath as plain text.
    """

    exit_code: ExitCode = ExitCode.ORG_REFUSED

    def __init__(self, title: str, meaning: str, next_step: str, detail: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.meaning = meaning
        self.next_step = next_step
        self.detail = detail

    def __str__(self) -> str:
        return self.title


class ConfigurationError(OrgwatchError):
    """A setting, an option or a key file is wrong; the sentences name the file and the key."""

    exit_code = ExitCode.WRONG_USAGE


class TerminalError(OrgwatchError):
    """The terminal is missing, too small or too simple for the console."""

    exit_code = ExitCode.WRONG_USAGE


class PortTaken(OrgwatchError):
    """The port asked for by ``--port`` belongs to another program."""

    exit_code = ExitCode.WRONG_USAGE


class OrgError(OrgwatchError):
    """The org could not be asked, or said no.

    ``retryable`` is true when the same request may succeed later without anybody's help;
    ``retry_after_s`` carries the server's own wish, in seconds, where it named one.
    """

    def __init__(
        self,
        title: str,
        meaning: str,
        next_step: str,
        detail: str = "",
        *,
        retryable: bool = False,
        retry_after_s: float | None = None,
        code: str = "",
    ) -> None:
        super().__init__(title, meaning, next_step, detail)
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.code = code


class OrgUnreachable(OrgError):
    """No answer came: the name, the network, TLS or the deadline."""


class LoginRefused(OrgError):
    """The token endpoint refused; ``code`` is its ``error`` value."""


class OrgRefused(OrgError):
    """A resource refused; ``code`` is Salesforce's ``errorCode``."""


class UnreadableAnswer(OrgError):
    """An answer came that is not in the documented shape (a login page, a proxy's page)."""


class NotCollected(OrgwatchError):
    """The store does not hold what an honest answer needs."""

    exit_code = ExitCode.NOT_COLLECTED
