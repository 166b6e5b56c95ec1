"""The assertion ids that were used and have not expired, so that none is used twice."""

MAX_REMEMBERED = 10_000


class UsedJtis:
    """Ids with the epoch second at which each may be forgotten."""

    def __init__(self) -> None:
        self._until_s: dict[str, float] = {}

    def note(self, jti: str, until_s: float, now_s: float) -> bool:
        """Remember one id; False when it is known and has not expired."""
        if self._until_s.get(jti, 0.0) > now_s:
            return False
        if len(self._until_s) >= MAX_REMEMBERED:
            live = {name: end for name, end in self._until_s.items() if end > now_s}
            self._until_s = live if len(live) < MAX_REMEMBERED else {}
        self._until_s[jti] = until_s
        return True
