"""When a screen asks its question again: never two at once, never an answer to an old question."""


class RefreshGate:
    """Decides about refreshes in ticks of the app's timer; holds no clock and does no work.

    Requests that come while a reading is under way become one reading after it. A reading that
    took long is followed by a rest of the same length, so that a slow disk is asked no more than
    half of the time.
    """

    def __init__(self) -> None:
        self._generation = 0
        self._running: int | None = None
        self._wanted = False
        self._ticks_running = 0
        self._ticks_to_rest = 0

    def want(self) -> None:
        """Ask for a reading at the next chance."""
        self._wanted = True

    def question_changed(self) -> None:
        """What is under way answers an old question: drop its answer, read again without rest."""
        self._generation += 1
        self._ticks_to_rest = 0
        self._wanted = True

    def tick(self) -> None:
        """One interval of the timer has passed."""
        if self._running is not None:
            self._ticks_running += 1
        elif self._ticks_to_rest:
            self._ticks_to_rest -= 1

    def start(self) -> int | None:
        """The generation to read now, or None when nothing is wanted or it is not yet time."""
        if not self._wanted or self._running is not None or self._ticks_to_rest:
            return None
        self._wanted = False
        self._ticks_running = 0
        self._running = self._generation
        return self._generation

    def finish(self) -> bool:
        """The reading has ended; True when its answer is still to the current question."""
        current = self._running == self._generation
        self._running = None
        self._ticks_to_rest = self._ticks_running if current else 0
        return current
