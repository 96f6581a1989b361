"""One article's words and rows taken out of files, those of others left as they are."""

import io
import json
import textwrap
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import PurePosixPath

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.erasure import MARK, Target, erased_file
from core.spreadsheets import csv_bytes, csv_rows

URL = "https://a.example/secret"
SENTENCE = "Seven herons walked slowly over the zanzibar bridge."
TARGET = Target(
    frozenset({"a1"}),
    frozenset({"v1"}),
    frozenset({URL}),
    frozenset({"Herons on bridge", f"{SENTENCE} Nobody saw it coming at all."}),
    frozenset({"Zed"}),
)
NOTHING_OF_IT = "Seven herons walked elsewhere."


def _page(body: str) -> bytes:
    return f"<html><head><title>Brief</title></head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    "told",
    [
        SENTENCE,
        "… walked slowly over the ZANZIBAR …",
        "walked <b>slowly</b> over &#116;he <mark>zanzibar</mark> bridge",
        "Herons on bridge",
        "<td>Zed <span>person</span></td>",
        f'<a href="{URL}">whatever it says</a>',
        '<a href="explain/a1.html#x">why</a>',
        '<i title="Seven herons walked slowly over">i</i>',
    ],
)
def test_words_go_from_a_page(told: str) -> None:
    page = _page(f"<p>{NOTHING_OF_IT}</p><table><tr><td>{told}</td></tr></table>")
    new = erased_file(PurePosixPath("reports/2026-10-16/brief.html"), page, TARGET)
    assert new is not None
    assert MARK.encode() in new
    assert NOTHING_OF_IT.encode() in new
    assert b"zanzibar" not in new.lower()
    assert erased_file(PurePosixPath("brief.html"), new, TARGET) is None


def test_a_page_about_others_stays_to_the_byte() -> None:
    page = _page(f"<p>{NOTHING_OF_IT}</p><p>A heron on a bridge.</p>")
    assert erased_file(PurePosixPath("brief.html"), page, TARGET) is None


def test_the_explanation_of_a_copy_keeps_its_own_words() -> None:
    page = _page(f'<p>{SENTENCE}</p><a href="{URL}">Herons on bridge</a>')
    new = erased_file(PurePosixPath("reports/d/explain/b2.html"), page, TARGET)
    assert new is not None
    assert SENTENCE.encode() in new
    assert b"Herons on bridge" not in new


def test_json_and_logs() -> None:
    value = {"observed": [SENTENCE, NOTHING_OF_IT], "n": 3}
    new = erased_file(PurePosixPath("refused.json"), json.dumps(value).encode(), TARGET)
    assert json.loads(new or b"") == {"observed": [MARK, NOTHING_OF_IT], "n": 3}
    log = f"one\n{{'event': '{SENTENCE}'}}\nthree".encode()
    assert erased_file(PurePosixPath("a.log"), log, TARGET) == f'one\n"{MARK}"\nthree'.encode()


def _parquet(path: str, rows: dict[str, list[object]]) -> pl.DataFrame | None:
    content = io.BytesIO()
    pl.DataFrame(rows).write_parquet(content)
    new = erased_file(PurePosixPath(path), content.getvalue(), TARGET)
    return None if new is None else pl.read_parquet(io.BytesIO(new))


def test_rows_of_the_article_go_and_those_of_others_stay() -> None:
    landed = "landing/2026-10-16/x/{}/p.parquet"
    rows: dict[str, list[object]] = {"article_id": ["a1", "b2"], "text": [SENTENCE, SENTENCE]}
    new = _parquet(landed.format("article"), rows)
    assert new is not None
    assert new.rows() == [("b2", SENTENCE)]
    pairs: dict[str, list[object]] = {"article_id_a": ["a1", "b2"], "article_id_b": ["c3", "a1"]}
    assert _parquet(landed.format("near_duplicate"), pairs).height == 0  # type: ignore[union-attr]
    cached: dict[str, list[object]] = {"version_id": ["v1", "v2"], "rows": [[1], [2]]}
    assert _parquet("enrich_cache/ner/1/x.parquet", cached).rows() == [("v2", [2])]  # type: ignore[union-attr]
    others: dict[str, list[object]] = {"article_id": ["b2"], "text": [SENTENCE]}
    assert _parquet(landed.format("article"), others) is None


def test_how_its_urls_ended_is_told_as_taken_down() -> None:
    rows: dict[str, list[object]] = {
        "url": [URL, "https://a.example/"], "status": ["loaded", "loaded"],
        "reason": [None, "x"], "http_status": [200, 200],
    }  # fmt: skip
    new = _parquet("landing/2026-10-16/x/disposition/all.parquet", rows)
    assert new is not None
    assert new.rows() == [
        (URL, "quarantined", "taken down", None),
        ("https://a.example/", "loaded", "x", 200),
    ]
    verdicts = _parquet("quality/verdicts/r/marts.parquet", {"observed": [SENTENCE, "12"]})
    assert verdicts is not None
    assert verdicts["observed"].to_list() == [MARK, "12"]


# The companions of a brief --------------------------------------------------------------------


@given(st.integers(20, 90), st.text("abc xyz", max_size=60))
def test_a_quotation_goes_from_wrapped_text_wherever_its_lines_end(width: int, before: str) -> None:
    quoted = textwrap.fill(f"{before} “{SENTENCE}”", width, break_long_words=False)
    text = f"{NOTHING_OF_IT}\n\n{quoted}\n\nHerons on bridge\n{URL}\n\nThe end.\n"
    new = erased_file(PurePosixPath("reports/d/brief.txt"), text.encode(), TARGET)
    assert new is not None
    told = new.decode()
    for word in ("slowly", "zanzibar", "bridge", "Herons on", URL):
        assert word not in told
    assert told.startswith(f"{NOTHING_OF_IT}\n\n")
    assert told.endswith(f"\n\n{MARK}\n\nThe end.\n")
    assert erased_file(PurePosixPath("brief.txt"), new, TARGET) is None


def test_cells_that_name_the_article_go_and_the_row_stays() -> None:
    columns = ["label", "quotation", "url", "query"]
    rows = [
        ("Herons on bridge", SENTENCE, URL, "numbers/stories.sql"),
        ("Zed", NOTHING_OF_IT, "https://a.example/other", "'a1'"),
        ("=Zed", "a1", "", ""),
    ]
    new = erased_file(PurePosixPath("brief.csv"), csv_bytes(columns, rows), TARGET)
    assert new is not None
    assert [list(row.values()) for row in csv_rows(new)] == [
        [MARK, MARK, MARK, "numbers/stories.sql"],
        [MARK, NOTHING_OF_IT, "https://a.example/other", "'a1'"],
        [MARK, MARK, "", ""],
    ]
    assert erased_file(PurePosixPath("brief.csv"), new, TARGET) is None
    other = csv_bytes(columns, [("x", NOTHING_OF_IT, "", "")])
    assert erased_file(PurePosixPath("brief.csv"), other, TARGET) is None


def test_a_row_of_a_search_goes_and_the_script_stays_one() -> None:
    lines = [json.dumps(["2026-10-16", text, url]) + "," for text, url in (
        (SENTENCE, "u"), ("Herons on bridge", "u"), ("x", URL), (NOTHING_OF_IT, "u"),
    )]  # fmt: skip
    script = "\n".join(["broadsheet(2026, [", *lines, "]);", ""])
    new = erased_file(PurePosixPath("reports/search/2026.js"), script.encode(), TARGET)
    mark = f'"{MARK}",'
    assert (new or b"").decode() == "\n".join(
        ["broadsheet(2026, [", mark, mark, mark, lines[3], "]);", ""]
    )
    assert erased_file(PurePosixPath("2026.js"), new or b"", TARGET) is None


def _mail(sentence: str) -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = "The brief"
    mail["X-Unsent"] = "1"
    mail.set_content(f"{NOTHING_OF_IT}\n\n{sentence}\n", cte="quoted-printable")
    mail.add_alternative(f"<p>{NOTHING_OF_IT}</p><p>{sentence}</p>", subtype="html")
    page = mail.get_payload()[1]
    page.add_related(b"\x89PNG", "image", "png", cid="<chart>")
    return bytes(mail)


def test_words_go_from_both_texts_of_a_mail_and_its_pictures_stay() -> None:
    new = erased_file(PurePosixPath("reports/d/brief.eml"), _mail(SENTENCE), TARGET)
    assert new is not None
    mail = message_from_bytes(new, policy=policy.default)
    texts = [one.get_content() for one in mail.walk() if one.get_content_maintype() == "text"]
    assert len(texts) == 2
    for text in texts:
        assert NOTHING_OF_IT in text
        assert MARK in text
        assert "zanzibar" not in text
    [picture] = [one for one in mail.walk() if one.get_content_type() == "image/png"]
    assert picture.get_content() == b"\x89PNG"
    assert picture["Content-ID"] == "<chart>"
    assert (mail["X-Unsent"], mail["Subject"]) == ("1", "The brief")
    assert erased_file(PurePosixPath("brief.eml"), new, TARGET) is None
    assert erased_file(PurePosixPath("brief.eml"), _mail("Nothing."), TARGET) is None
