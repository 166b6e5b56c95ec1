"""The one type that secrets have: it does not print, compare, pickle or travel in a traceback."""

from typing import NoReturn


class Secret:
    """A value that must never reach a screen, a log, a file or the store.

    ``reveal()`` is the only way out and is called where the value goes on the wire, so every
    use can be found by name.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one place that sends or signs with it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")
