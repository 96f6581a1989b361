from enrich.signatures import MIN_WORDS, PERMUTATIONS, shingles, signatures

TEXT = (
    "The studio said on Monday that it had dropped the film because its artists asked it to. " * 2
)


def test_case_and_punctuation_do_not_matter() -> None:
    assert signatures([TEXT]) == signatures([TEXT.upper().replace(".", " —")])


def test_a_signature_does_not_depend_on_the_others() -> None:
    assert signatures([TEXT, TEXT + "More."])[0] == signatures([TEXT])[0]


def test_a_short_text_has_none() -> None:
    found = signatures(["too short", TEXT, ""])
    assert [one is None for one in found] == [True, False, True]
    assert found[1] is not None
    assert len(found[1]) == PERMUTATIONS
    assert len(shingles("word " * MIN_WORDS)) == MIN_WORDS - 1
