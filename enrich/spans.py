"""Which parts of a text are taken: overlap tests that do not grow with the number of spans."""


class Taken:
    """Marks half-open spans of a text of `length` code points as taken."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def is_free(self, start: int, end: int) -> bool:
        return self._marks.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        self._marks[start:end] = b"\1" * (end - start)
