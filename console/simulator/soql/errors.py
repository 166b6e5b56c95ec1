"""What a query may be refused for, in the words and the shape of the real query parser."""

FRAGMENT_BEFORE = 20
FRAGMENT_AFTER = 25

MALFORMED_QUERY = "MALFORMED_QUERY"
INVALID_FIELD = "INVALID_FIELD"
INVALID_TYPE = "INVALID_TYPE"
INVALID_QUERY_FILTER_OPERATOR = "INVALID_QUERY_FILTER_OPERATOR"
NUMBER_OUTSIDE_VALID_RANGE = "NUMBER_OUTSIDE_VALID_RANGE"


class SoqlError(Exception):
    """A query that Salesforce would refuse with HTTP 400.

    ``offset`` is the character in the query text that the complaint is about, or None where the
    real message carries no position.
    """

    def __init__(self, code: str, explanation: str, offset: int | None = None) -> None:
        super().__init__(explanation)
        self.code = code
        self.explanation = explanation
        self.offset = offset

    def message(self, text: str) -> str:
        """The message as the REST API words it for the query ``text``.

        With a position: the failing fragment, a caret under it, row and column, and the
        explanation, each on a line of its own after an empty first one (REST API developer guide,
        status codes and error responses; captured INVALID_FIELD answers).
        """
        if self.offset is None:
            return self.explanation
        start = max(self.offset - FRAGMENT_BEFORE, 0)
        fragment = " ".join(text[start : self.offset + FRAGMENT_AFTER].splitlines())
        row = text.count("\n", 0, self.offset) + 1
        column = self.offset - (text.rfind("\n", 0, self.offset) + 1) + 1
        caret = " " * (self.offset - start) + "^"
        return f"\n{fragment}\n{caret}\nERROR at Row:{row}:Column:{column}\n{self.explanation}"


def unexpected_token(shown: str, offset: int) -> SoqlError:
    """The refusal of a token that the grammar has no place for; the end is ``<EOF>``."""
    return SoqlError(MALFORMED_QUERY, f"unexpected token: '{shown}'", offset)
