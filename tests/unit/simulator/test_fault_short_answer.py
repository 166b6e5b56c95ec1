"""Answers made shorter as they are written, whole by all that they say of themselves.

An HTTP parser that knows nothing of this project reads what comes out.
"""

import itertools

import h11
from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.faults.short_answer import ShortAnswer


def read(answer: bytes) -> bytes:
    """The body of one whole HTTP answer; fails for one that is not whole."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    client.send(h11.EndOfMessage())
    client.receive_data(answer)
    body = b""
    while True:
        event = client.next_event()
        if isinstance(event, h11.Data):
            body += bytes(event.data)
        if isinstance(event, h11.EndOfMessage):
            assert client.trailing_data == (b"", False)
            return body
        assert isinstance(event, h11.Response | h11.Data), event


def with_length(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def chunked(pieces: list[bytes]) -> bytes:
    frames = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + frames + b"0\r\n\r\n"


@given(
    pieces=st.lists(st.binary(min_size=1, max_size=30), max_size=5),
    is_chunked=st.booleans(),
    at_byte=st.integers(0, 120),
    cuts=st.lists(st.integers(0, 300), max_size=6),
)
@settings(max_examples=150, deadline=None)
def test_a_short_answer_is_whole_however_it_was_written(
    pieces: list[bytes], is_chunked: bool, at_byte: int, cuts: list[int]
) -> None:
    body = b"".join(pieces)
    answer = chunked(pieces) if is_chunked else with_length(body)
    short = ShortAnswer(at_byte)
    edges = [0, *sorted(min(cut, len(answer)) for cut in cuts), len(answer)]
    written = b"".join(short.feed(answer[begin:end]) for begin, end in itertools.pairwise(edges))
    assert read(written) == body[:at_byte]
