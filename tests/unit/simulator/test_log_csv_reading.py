"""What the simulated org writes as CSV, every CSV reader reads back."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from console.simulator.logs.csv_file import csv_line

HOSTILE = st.text(
    st.sampled_from(["a", '"', ",", "\n", "\r", "\t", "'", "=", "é", "漢", "\u2028", " "])
)
LINES = st.lists(st.lists(HOSTILE, min_size=1, max_size=5), max_size=6)


@given(LINES)
def test_every_value_comes_back_as_it_was_written(lines: list[list[str]]) -> None:
    text = "".join(csv_line(values) for values in lines)
    assert list(csv.reader(io.StringIO(text, newline=""))) == lines


@given(st.lists(HOSTILE, min_size=1, max_size=5))
def test_every_value_is_in_quotes_and_the_line_ends_once(values: list[str]) -> None:
    line = csv_line(values)
    assert line.startswith('"')
    assert line.endswith('"\n')
    assert line.count('"') == 2 * len(values) + 2 * sum(value.count('"') for value in values)
