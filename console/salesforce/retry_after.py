"""The ``Retry-After`` header (RFC 9110, section 10.2.3): seconds, or a date."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_S = 86_400.0


def retry_after_s(header: str | None, answered_at: datetime | None) -> float | None:
    """Seconds to wait by the server's wish; None when it named none that can be read.

    A date is taken relative to ``answered_at``, the same server's Date header, so that this
    machine's clock plays no part.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _MAX_S)
    if answered_at is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - answered_at).total_seconds(), 0.0), _MAX_S)
