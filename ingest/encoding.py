"""Content-Encoding undone within a bound: a compressed bomb costs no more than its limit."""

import zlib

import brotli  # type: ignore[import-untyped]

_CHUNK = 16 * 1024  # what stands behind a member is copied, so it has to be little
_MOST_MEMBERS = 10_000
ACCEPTED = "gzip, deflate, br"


class EncodingError(ValueError):
    """The body is not what its Content-Encoding says."""


class TooLargeError(ValueError):
    """The decoded body exceeds the limit."""


def decode(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """The body with `encoding` (a Content-Encoding header) undone.

    Raises:
        TooLargeError: more than `max_bytes` come out.
        EncodingError: an unknown coding, or broken data.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    if len(names) > 3:
        raise EncodingError("more than three content codings")
    for name in reversed(names):
        body = _undo(name, body, max_bytes)
    if len(body) > max_bytes:
        raise TooLargeError
    return body


def _undo(name: str, body: bytes, max_bytes: int) -> bytes:
    if name in {"identity", "none", ""} or not body:
        return body
    try:
        if name in {"gzip", "x-gzip"}:
            return _inflate(body, zlib.MAX_WBITS | 16, max_bytes)
        if name == "deflate":  # zlib-wrapped by the standard, raw in the wild
            wrapped = body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
            return _inflate(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, max_bytes)
        if name == "br":
            return _unbrotli(body, max_bytes)
    except (zlib.error, brotli.error) as error:
        raise EncodingError(f"the body is not valid {name}") from error
    raise EncodingError(f"unknown content coding '{name[:20]}'")


def _inflate(body: bytes, window_bits: int, max_bytes: int) -> bytes:
    """Inflate one or several members; an unfinished last member is an error."""
    out, view, place = bytearray(), memoryview(body), 0
    for _ in range(_MOST_MEMBERS):
        decoder = zlib.decompressobj(window_bits)
        while not decoder.eof:
            chunk = view[place : place + _CHUNK]
            if not chunk:
                raise EncodingError("the compressed body is cut short")
            out += decoder.decompress(chunk, max_bytes + 1 - len(out))
            if len(out) > max_bytes:
                raise TooLargeError
            place += len(chunk) - len(decoder.unused_data)
        if bytes(view[place : place + 2]) != b"\x1f\x8b":
            return bytes(out)
    raise EncodingError("the body is too many compressed members")


def _unbrotli(body: bytes, max_bytes: int) -> bytes:
    decoder = brotli.Decompressor()
    out = bytearray(decoder.process(body, output_buffer_limit=max_bytes + 1))
    while not decoder.is_finished() and not decoder.can_accept_more_data():
        if len(out) > max_bytes:
            raise TooLargeError
        out += decoder.process(b"", output_buffer_limit=max_bytes + 1)
    if len(out) > max_bytes:
        raise TooLargeError
    if not decoder.is_finished():
        raise EncodingError("the compressed body is cut short")
    return bytes(out)
