import gzip
import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import UnreadableLog
from store.log_blocks import LogBlocks


def read(body: bytes) -> tuple[str, LogBlocks]:
    blocks = LogBlocks(io.BytesIO(body), "some.csv")
    return "".join(blocks.texts()), blocks


@given(st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"])))
def test_plain_and_compressed_are_the_same(text: str) -> None:
    plain, packed = read(text.encode()), read(gzip.compress(text.encode()))

    assert plain[0] == packed[0] == text
    assert plain[1].sha256 == packed[1].sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert plain[1].length_bytes == packed[1].length_bytes == len(text.encode())


def test_a_large_file_comes_in_bounded_blocks() -> None:
    body = b"x" * 5_000_000

    sizes = [len(text) for text in LogBlocks(io.BytesIO(gzip.compress(body)), "big").texts()]

    assert sum(sizes) == len(body)
    assert max(sizes) <= 1 << 20


def test_gzip_made_of_several_members_is_one_file() -> None:
    assert read(gzip.compress(b"one,") + gzip.compress(b"two"))[0] == "one,two"


def test_padding_behind_gzip_is_ignored() -> None:
    assert read(gzip.compress(b"one") + b"\0" * 512)[0] == "one"


@pytest.mark.parametrize("missing", [1, 4, 200])
def test_a_compressed_file_that_is_cut_off_is_refused(missing: int) -> None:
    whole = gzip.compress(" ".join(map(str, range(1000))).encode())

    with pytest.raises(UnreadableLog, match="damaged"):
        read(whole[:-missing])


def test_a_compressed_file_with_a_broken_middle_is_refused() -> None:
    whole = bytearray(gzip.compress(b"some text " * 1000))
    whole[20:30] = b"\xff" * 10

    with pytest.raises(UnreadableLog) as caught:
        read(bytes(whole))

    assert "some.csv" in caught.value.meaning
    assert caught.value.detail


@pytest.mark.parametrize(
    "body", [b"\x00\x01\x02", "EVENT_TYPE".encode("utf-16"), b"PK\x03\x04\0\0"]
)
def test_binary_data_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableLog, match="not a log file"):
        read(body)


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    assert read(b"\xef\xbb\xbfEVENT_TYPE")[0] == "EVENT_TYPE"


def test_bytes_that_are_not_utf8_stay_visible() -> None:
    assert read(b"caf\xe9")[0] == "caf\\xe9"
