"""A dump's bytes in blocks of whole lines, whatever packs them; memory holds a few blocks.

A dump is an array with an entity a line (as Wikidata publishes it), JSON lines, or an export
`{"entities": {…}}`; plain, `.gz` or `.bz2`.
"""

import bz2
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import BroadsheetError

BLOCK_BYTES = 4 * 1024 * 1024
_LONGEST_LINE = 256 * 1024 * 1024
_PEEK = 64 * 1024
_PACKED = {b"\x1f\x8b": ".gz", b"BZh": ".bz2"}


class DumpError(BroadsheetError):
    """A dump cannot be read; the text names the file, what is wrong and what to do."""


@dataclass(frozen=True)
class FileBlock:
    """Whole lines at `[start, end)` of a plain file, read by whoever works on them."""

    path: Path
    start: int
    end: int

    def read(self) -> bytes:
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(self.end - self.start)


@dataclass(frozen=True)
class MemoryBlock:
    """Whole lines that had to be unpacked; `end` bytes of the packed file were read by then."""

    content: bytes
    end: int

    def read(self) -> bytes:
        return self.content


type Block = FileBlock | MemoryBlock


def blocks(path: Path, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """The lines of a dump in order, about `size` bytes of them in a block.

    Raises:
        DumpError: the file is absent, empty, damaged, cut off, or has an endless line.
    """
    try:
        with path.open("rb") as packed:
            if path.suffix == ".gz":
                yield from _unpacked(gzip.GzipFile(fileobj=packed), packed, path, size)
            elif path.suffix == ".bz2":
                yield from _unpacked(bz2.BZ2File(packed), packed, path, size)
            else:
                yield from _plain(packed, path, size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DumpError(f"{path} is damaged or was cut off ({error}); fetch it again.") from error
    except OSError as error:
        raise DumpError(
            f"{path} cannot be read ({error.strerror or error}); give the path of a Wikidata dump."
        ) from error


def _plain(file: BinaryIO, path: Path, size: int) -> Iterator[Block]:
    head = file.read(_PEEK)
    if not head.strip():
        raise DumpError(f"{path} is empty; give a Wikidata JSON dump.")
    ending = next((end for mark, end in _PACKED.items() if head.startswith(mark)), None)
    if ending is not None:
        raise DumpError(f"{path} is packed; give it a name that ends in {ending}.")
    if b"\0" in head:
        raise DumpError(f"{path} is no text; give a Wikidata JSON dump.")
    if _is_printed_over_lines(head):
        yield _one_line(file, path)
        return
    if _opens_array(head):
        file.seek(max(path.stat().st_size - _PEEK, 0))
        _refuse_open_array(file.read(), path)
    yield from _ranges(file, path, size)


def _ranges(file: BinaryIO, path: Path, size: int) -> Iterator[Block]:
    start, whole = 0, path.stat().st_size
    while start < whole:
        file.seek(start + size)
        file.readline(_LONGEST_LINE)
        end = min(file.tell(), whole)
        if end - start > _LONGEST_LINE:
            raise _endless(path)
        yield FileBlock(path, start, end)
        start = end


def _unpacked(
    stream: io.BufferedIOBase, packed: BinaryIO, path: Path, size: int
) -> Iterator[Block]:
    rest = tail = b""
    is_array = None
    while content := stream.read(size):
        if is_array is None and content.strip():
            is_array = _opens_array(content)
        tail = (tail + content[-_PEEK:])[-_PEEK:]
        whole, mark, after = content.rpartition(b"\n")
        if mark:
            yield MemoryBlock(rest + whole + mark, packed.tell())
            rest = after
        else:
            rest += content
        if len(rest) > _LONGEST_LINE:
            raise _endless(path)
    if rest:
        yield MemoryBlock(rest, packed.tell())
    if is_array:
        _refuse_open_array(tail, path)


def _opens_array(head: bytes) -> bool:
    return head.split(maxsplit=1)[0] == b"["


def _refuse_open_array(tail: bytes, path: Path) -> None:
    """Raise DumpError where the last line does not close the array that the first one opened."""
    if tail.rstrip().rpartition(b"\n")[2].strip() != b"]":
        raise DumpError(
            f"{path} was cut off: it opens an array with a line of '[' and has no ']' at its end; "
            "fetch it again."
        )


def _is_printed_over_lines(head: bytes) -> bool:
    """Whether an export was printed for people: then its first line holds a brace alone."""
    first = head.lstrip().split(b"\n", 1)
    return len(first) == 2 and first[0].strip() == b"{"


def _one_line(file: BinaryIO, path: Path) -> Block:
    """The whole export as one line: in JSON no string holds a line end."""
    file.seek(0)
    content = file.read(_LONGEST_LINE + 1)
    if len(content) > _LONGEST_LINE:
        raise _endless(path)
    return MemoryBlock(content.replace(b"\r", b" ").replace(b"\n", b" "), len(content))


def _endless(path: Path) -> DumpError:
    return DumpError(
        f"{path} has a line of more than {_LONGEST_LINE // 2**20} MB; a dump has an entity a line."
    )
