"""Content-Encoding: what was encoded comes back, bombs and broken data do not."""

import gzip
import time
import zlib
from contextlib import suppress

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.encoding import EncodingError, TooLargeError, decode

LIMIT = 100_000


def raw_deflate(data: bytes) -> bytes:
    encoder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return encoder.compress(data) + encoder.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": brotli.compress,
    "identity": bytes,
    "": bytes,
}


@given(st.sampled_from(sorted(CODINGS)), st.binary(max_size=2_000))
def test_what_was_encoded_comes_back(name: str, data: bytes) -> None:
    assert decode(CODINGS[name](data), name, LIMIT) == data


@given(st.binary(max_size=500))
def test_two_codings_are_undone_in_reverse(data: bytes) -> None:
    assert decode(brotli.compress(gzip.compress(data)), "gzip, br", LIMIT) == data


def test_several_gzip_members_are_one_body() -> None:
    assert decode(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", LIMIT) == b"one two"


def test_very_many_members_are_refused_in_time() -> None:
    body = gzip.compress(b"") * 200_000
    started = time.process_time()
    with pytest.raises(EncodingError):
        decode(body, "gzip", LIMIT)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_a_bomb_is_stopped_at_the_limit(name: str) -> None:
    bomb = CODINGS[name](bytes(50_000_000))
    assert len(bomb) < LIMIT
    with pytest.raises(TooLargeError):
        decode(bomb, name, LIMIT)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_a_body_cut_short_is_never_taken_for_whole(name: str) -> None:
    body = CODINGS[name](b"a sentence that is long enough to be cut in the middle" * 20)
    with pytest.raises(EncodingError):
        decode(body[: len(body) // 2], name, LIMIT)


@given(st.sampled_from(["gzip", "deflate", "br"]), st.binary(min_size=1, max_size=200))
def test_noise_is_an_encoding_error_or_bytes(name: str, noise: bytes) -> None:
    with suppress(EncodingError, TooLargeError):
        decode(noise, name, LIMIT)


@pytest.mark.parametrize("name", ["zstd", "gzip, gzip, gzip, gzip", "nonsense"])
def test_an_unknown_coding_is_refused(name: str) -> None:
    with pytest.raises(EncodingError):
        decode(b"x", name, LIMIT)
