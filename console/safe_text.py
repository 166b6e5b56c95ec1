"""Text from an org made safe to show: every control character visible, nothing acted upon.

A hostile user name may carry terminal escapes, right-to-left overrides or line breaks. They are
shown, because an investigator must see them, and never obeyed.
"""

import unicodedata

_CONTROL_PICTURES_START = 0x2400
_DELETE = 0x7F
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str, limit: int | None = None) -> str:
    """``text`` on one line with each control or invisible character replaced by a visible sign.

    C0 controls become their Unicode pictures (``␛``), others ``⟨U+202E⟩``. Longer than ``limit``
    characters, it ends in an ellipsis.
    """
    shown = text if text.isascii() and text.isprintable() else "".join(map(_sign, text))
    if limit is not None and len(shown) > limit:
        return shown[: max(limit - 1, 0)] + "…"
    return shown


def visible_lines(text: str) -> list[str]:
    """``text`` split at line feeds, each line made `visible`."""
    return [visible(line) for line in text.split("\n")]


def _sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(_CONTROL_PICTURES_START + code)
    if code == _DELETE:
        return "␡"
    if unicodedata.category(character) in _HIDDEN_CATEGORIES:
        return f"⟨U+{code:04X}⟩"
    return character
