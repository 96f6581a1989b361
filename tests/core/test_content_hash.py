"""The content hash is a function of the landed files, by name and bytes."""

from pathlib import Path

from core.content_hash import collected_hash, content_hash


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_equal_files_have_an_equal_hash_and_others_another(tmp_path: Path) -> None:
    files = {"article/a.parquet": b"1", "mention/part-0.parquet": b"2"}
    one = content_hash(_write(tmp_path / "one", files))
    assert one == content_hash(_write(tmp_path / "two", dict(reversed(files.items()))))
    assert len(one) == 16
    assert one != content_hash(_write(tmp_path / "moved", {"article/b.parquet": b"1"}))
    swapped = {"article/a.parquet": b"2", "mention/part-0.parquet": b"1"}
    assert one != content_hash(_write(tmp_path / "swapped", swapped))


def test_half_written_files_do_not_count(tmp_path: Path) -> None:
    folder = _write(tmp_path, {"article/a.parquet": b"1"})
    before = content_hash(folder)
    _write(folder, {"article/.b.parquet.12.tmp": b"half"})
    assert content_hash(folder) == before


def test_what_was_collected_has_a_name_that_enrichment_does_not_change(tmp_path: Path) -> None:
    folder = _write(tmp_path, {"article/a.parquet": b"1"})
    before = collected_hash(folder)
    assert before == content_hash(folder)
    _write(folder, {"mention/part-0.parquet": b"2"})
    assert collected_hash(folder) == before
    _write(folder, {"quarantine/gate.parquet": b"3"})
    assert collected_hash(folder) != before
