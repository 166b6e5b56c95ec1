import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import UnreadableLog
from store.log_csv import CHUNK_ROWS, BadRow, LogCsv
from tests.unit.store.elf import csv_bytes

COLUMNS = ("EVENT_TYPE", "TIMESTAMP", "QUERY")
HEADER = '"EVENT_TYPE","TIMESTAMP","QUERY"'
values = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=30)
rows = st.lists(st.tuples(values, values, values), max_size=40)


def read(*texts: str) -> tuple[list[list[str]], list[int], list[BadRow]]:
    log = LogCsv(iter(texts), "some.csv")
    found: list[list[str]] = []
    lines: list[int] = []
    bad: list[BadRow] = []
    for chunk in log.chunks():
        found += chunk.rows
        lines += chunk.lines
        bad += log.take_bad_rows()
    return found, lines, bad


@given(rows, st.integers(1, 50))
def test_whatever_is_quoted_comes_back_in_blocks_of_any_size(
    table: list[tuple[str, str, str]], size: int
) -> None:
    text = csv_bytes(COLUMNS, table).decode()
    pieces = [text[n : n + size] for n in range(0, len(text), size)]

    found, lines, bad = read(*pieces)

    assert found == [list(row) for row in table]
    assert bad == []
    assert lines == sorted(lines)


@given(st.lists(st.text(max_size=60), max_size=30))
@settings(max_examples=200)
def test_no_text_raises_and_every_line_is_a_row_or_set_aside(texts: list[str]) -> None:
    body = "\n".join(texts)

    found, lines, bad = read(HEADER + "\n" + body)

    assert all(len(row) == len(COLUMNS) for row in found)
    assert len(lines) == len(found)
    places = lines + [row.line for row in bad]
    assert len(set(places)) == len(places)


def test_more_rows_than_a_chunk_keep_their_order_and_line_numbers() -> None:
    count = CHUNK_ROWS * 2 + 7
    text = csv_bytes(COLUMNS, [("Login", "1", str(n)) for n in range(count)]).decode()

    found, lines, _ = read(text)

    assert [row[2] for row in found] == [str(n) for n in range(count)]
    assert lines == list(range(2, count + 2))


def test_a_value_over_many_lines_is_one_row_also_across_chunks() -> None:
    filler = [("Login", "1", "x")] * (CHUNK_ROWS - 5)
    long_value = "\n".join(f'line {n} "quoted"' for n in range(40))
    text = csv_bytes(COLUMNS, [*filler, ("Apex", "2", long_value), ("Login", "3", "y")]).decode()

    found, _, bad = read(text)

    assert found[-2:] == [["Apex", "2", long_value], ["Login", "3", "y"]]
    assert bad == []


def test_a_block_may_end_within_a_quoted_value() -> None:
    found, lines, bad = read(HEADER + "\n", '"Login","1","a\n', 'b"\n', '"Login","2","c"\n')

    assert found == [["Login", "1", "a\nb"], ["Login", "2", "c"]]
    assert (lines, bad) == ([2, 4], [])


def test_blanks_behind_commas_are_no_part_of_the_value() -> None:
    assert read(HEADER + '\n"Login", "1", "x"\n')[0] == [["Login", "1", "x"]]


def test_a_quote_that_stays_open_costs_one_line_only() -> None:
    found, lines, bad = read(
        HEADER + '\n"Login","1","a"\n"Login","2","never closed\n"Login","3","c"\n"Login","4","d"\n'
    )

    assert [row[1] for row in found] == ["1", "3", "4"]
    assert lines == [2, 4, 5]
    assert [(row.line, row.text) for row in bad] == [(3, '"Login","2","never closed')]


def test_two_broken_rows_do_not_swallow_the_good_ones_between_them() -> None:
    found, _, bad = read(
        HEADER + '\n"Login","1","open\n"Login","2","good"\n"Login","3","open\n"Login","4","good"\n'
    )

    assert [row[1] for row in found] == ["2", "4"]
    assert [row.line for row in bad] == [2, 4]


def test_a_row_of_another_width_is_set_aside_with_the_reason() -> None:
    found, _, bad = read(HEADER + '\n"Login","1"\n"Login","2","x","y"\n"Login","3","x"\n')

    assert [row[1] for row in found] == ["3"]
    assert [row.reason for row in bad] == [
        "2 values where the header names 3",
        "4 values where the header names 3",
    ]


def test_blank_lines_and_carriage_returns_are_no_rows() -> None:
    found, _, bad = read(HEADER + '\r\n\r\n"Login","1","x"\r\n\n\n"Login","2","y"\r\n\r\n')

    assert found == [["Login", "1", "x"], ["Login", "2", "y"]]
    assert bad == []


def test_the_last_line_needs_no_end() -> None:
    assert read(HEADER + '\n"Login","1","x"')[0] == [["Login", "1", "x"]]


def test_a_line_beyond_all_reason_is_set_aside_in_bounded_pieces() -> None:
    endless = ("x" * 1_000_000 for _ in range(9))

    found, _, bad = read(HEADER + "\n", *endless, '\n"Login","1","x"\n')

    assert found == [["Login", "1", "x"]]
    assert max(len(row.text) for row in bad) <= 6_000_000


@pytest.mark.parametrize(
    "text", ["", "\n\n", "hello\n", "NAME,AGE\n1,2\n", '{"a": 1}\n', "<html><body>Log in</body>\n"]
)
def test_a_file_without_the_header_of_a_log_is_refused(text: str) -> None:
    with pytest.raises(UnreadableLog) as caught:
        read(text)

    assert "some.csv" in caught.value.meaning


def test_columns_are_known_by_name_whatever_their_case_and_order() -> None:
    log = LogCsv(["query, timestamp,Event_Type, query\n"], "some.csv")

    assert log.columns == ("QUERY", "TIMESTAMP", "EVENT_TYPE", "QUERY#2")
