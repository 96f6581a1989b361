"""Faults of an enriched batch: what extractors, models and their shards get wrong."""

import polars as pl

from tests.faults.fault import Catalogue
from tests.faults.scene import Scene

ENRICHMENT = Catalogue("enrichment")
fault = ENRICHMENT.fault
_KNOWN = ~pl.col("entity_id").str.starts_with("local:")
_FIRST = pl.int_range(pl.len()) == 0


@fault("enriched_mention.offsets_exact", "Mentions stand one character further than they say.")
def offsets_off_by_one(scene: Scene) -> None:
    scene.change("mention", pl.col("char_start") + 1, pl.col("char_end") + 1)


@fault("enriched_sentence.offsets_exact", "Offsets count bytes instead of characters.")
def offsets_in_bytes(scene: Scene) -> None:
    scene.change(
        "sentence", pl.col("char_end") + pl.when(pl.col("sentence_no") > 2).then(2).otherwise(0)
    )


@fault("enriched_analysis.every_wording", "A shard of the texts was never analysed.")
def missing_shard(scene: Scene) -> None:
    ids = scene.rows("analysis")["article_id"].sort()[::3].implode()
    for table in ("analysis", "sentence", "mention", "theme_evidence", "article_theme"):
        scene.keep(table, ~pl.col("article_id").is_in(ids))


@fault("enriched_text.all_of_it", "The second half of every text has no sentences.")
def half_of_the_sentences(scene: Scene) -> None:
    for table in ("sentence", "mention", "theme_evidence"):
        scene.keep(table, pl.col("sentence_no") < 3)


@fault("enriched_batch.extractor_versions", "Some texts were read by an older extractor.")
def mixed_extractors(scene: Scene) -> None:
    ids = scene.rows("analysis")["article_id"].sort()[::2].implode()
    old = pl.when(pl.col("article_id").is_in(ids)).then(pl.lit("0123456789abcdef"))
    for table in ("analysis", "mention"):
        scene.change(table, old.otherwise("extractor_version").alias("extractor_version"))


@fault("enriched_analysis.taxonomy_is_the_runs", "Themes are those of an older taxonomy.")
def old_taxonomy(scene: Scene) -> None:
    for table in ("analysis", "theme_evidence"):
        scene.change(table, taxonomy_version=pl.lit("2020.01"))


@fault("enriched_mention.confidence_in_range", "A confidence lost its decimal point.")
def confidence_without_decimal(scene: Scene) -> None:
    scene.change("mention", pl.col("confidence") * 100)


@fault("enriched_mention.nothing_missing", "Links have no confidence.")
def no_link_confidence(scene: Scene) -> None:
    scene.change("mention", link_confidence=pl.lit(None))


@fault("enriched_article_theme.score_reaches_threshold", "Scores are below their threshold.")
def scores_too_low(scene: Scene) -> None:
    scene.change("article_theme", pl.col("score") / 100)


@fault("enriched_article_theme.score_reaches_threshold", "A score is not a number.")
def score_not_a_number(scene: Scene) -> None:
    scene.change(
        "article_theme", pl.when(_FIRST).then(float("nan")).otherwise("score").alias("score")
    )


@fault("enriched_theme_evidence.rule_is_the_themes", "Weights are ten times those of the rules.")
def weights_tenfold(scene: Scene) -> None:
    scene.change("theme_evidence", pl.col("weight") * 10)


@fault("enriched_theme_evidence.theme_known", "Evidence for a theme that the taxonomy lacks.")
def unknown_theme(scene: Scene) -> None:
    for table in ("theme_evidence", "article_theme"):
        scene.change(
            table, pl.when(_FIRST).then(pl.lit("gossip")).otherwise("theme_id").alias("theme_id")
        )


@fault("enriched_mention.entity_known", "Mentions of an entity that no gazetteer knows.")
def unknown_entity(scene: Scene) -> None:
    known = pl.when(_KNOWN).then(pl.lit("acme-unlisted")).otherwise("entity_id").alias("entity_id")
    scene.change("mention", known)


@fault("enriched_mention.says_its_name", "Two entities' ids are exchanged.")
def exchanged_entities(scene: Scene) -> None:
    known = scene.rows("mention").filter(_KNOWN, entity_type="ORG", method="gazetteer")
    ids = known["entity_id"].unique().sort()
    one, other = ids[0], ids[-1]  # far apart in the alphabet: not a firm and its own owner
    scene.change("mention", pl.col("entity_id").replace({one: other, other: one}))


@fault("enriched_mention.curated_type_wins", "A model's type beats the gazetteer's.")
def types_of_the_model(scene: Scene) -> None:
    scene.change(
        "mention",
        pl.when(_KNOWN).then(pl.lit("PLACE")).otherwise("entity_type").alias("entity_type"),
    )


@fault("enriched_batch.entity_mention_share", "One entity swallows most mentions.")
def swallowing_entity(scene: Scene) -> None:
    swallowed = pl.int_range(pl.len()) % 4 > 0
    scene.change(
        "mention",
        pl.when(swallowed)
        .then(pl.lit("local:ORG:0123456789ab"))
        .otherwise("entity_id")
        .alias("entity_id"),
        pl.when(swallowed).then(pl.lit("ORG")).otherwise("entity_type").alias("entity_type"),
    )


@fault("enriched_mention.says_its_name", "An alias that is an ordinary word matches everywhere.")
def alias_explosion(scene: Scene) -> None:
    known = scene.rows("mention").filter(_KNOWN)["entity_id"].unique().sort()[0]
    sentences = scene.rows("sentence").filter(pl.col("section") == "body")
    model = scene.rows("mention").head(1)
    word = sentences.select(
        "article_id", "version_id", "sentence_no", "section", "char_start",
        surface=pl.col("text").str.split(" ").list.first(),
    ).with_columns(char_end=pl.col("char_start") + pl.col("surface").str.len_chars())  # fmt: skip
    extra = word.join(model.drop(word.columns), how="cross").with_columns(
        entity_id=pl.lit(known), method=pl.lit("gazetteer")
    )
    rows = scene.rows("mention")
    scene.land("mention", pl.concat([rows, extra.select(rows.columns).cast(rows.schema)]))


@fault("enriched_mention.key_unique", "A shard was landed twice.")
def shard_twice(scene: Scene) -> None:
    scene.land("mention", pl.concat([scene.rows("mention")] * 2))


@fault("enriched_article_theme.has_evidence", "Themes without an evidence sentence.")
def themes_without_evidence(scene: Scene) -> None:
    scene.keep("theme_evidence", ~_FIRST)


@fault("enriched_article_theme.one_primary", "Articles have no leading theme.")
def no_primary_theme(scene: Scene) -> None:
    scene.change("article_theme", is_primary=pl.lit(value=False))


@fault("enriched_mention.sentence_contains_it", "Facts name the sentence after theirs.")
def neighbouring_sentences(scene: Scene) -> None:
    scene.change("mention", pl.col("sentence_no") + 1)


@fault("enriched_text.quotation_has_marks", "Everybody is quoted.")
def everything_quoted(scene: Scene) -> None:
    scene.change("sentence", in_quotation=pl.lit(value=True))


@fault("enriched_near_duplicate.same_text_is_a_pair", "A text printed twice counts as two.")
def copies_not_paired(scene: Scene) -> None:
    scene.keep("near_duplicate", pl.lit(value=False))


@fault("enriched_near_duplicate.of_this_batch", "Pairs of another edition.")
def pairs_of_another_edition(scene: Scene) -> None:
    scene.change("near_duplicate", version_id_a=pl.lit("0" * 16), version_id_b=pl.lit("1" * 16))


@fault("enriched_story_link.leads_back", "Stories begin with what was seen last.")
def stories_backwards(scene: Scene) -> None:
    scene.change("story_link", earlier_seen_in=pl.col("seen_in").dt.offset_by("1d"))


@fault("enriched_signature.of_one_form", "Hashes of two algorithms in one batch.")
def mixed_signatures(scene: Scene) -> None:
    other = pl.when(_FIRST).then(pl.lit("other/64")).otherwise("algorithm_version")
    scene.change("signature", other.alias("algorithm_version"))


@fault("enriched_signature.none_missing", "Texts that nothing describes to stories.")
def no_story_terms(scene: Scene) -> None:
    scene.keep("story_terms", ~_FIRST)


@fault("enriched_level.one_per_language", "The model failed on half of the texts.")
def model_lost_half_way(scene: Scene) -> None:
    half = pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("gazetteer_only"))
    scene.change("analysis", half.otherwise("analysis_level").alias("analysis_level"))


@fault("enriched_analysis.none_has_no_facts", "Texts that were read are said to be unread.")
def levels_lost(scene: Scene) -> None:
    scene.change("analysis", analysis_level=pl.lit("none"))


@fault("enriched_yield.usual", "Every second mention is lost.")
def half_of_the_mentions(scene: Scene) -> None:
    scene.keep("mention", pl.int_range(pl.len()) % 2 == 0)


@fault("enriched_yield.usual", "Scores are ten times as high.")
def scores_tenfold(scene: Scene) -> None:
    scene.change("article_theme", pl.col("score") * 10)


@fault("enriched_yield.usual", "Every mention is certain.")
def confidence_of_one(scene: Scene) -> None:
    scene.change("mention", confidence=pl.lit(1.0))


@fault("enriched_yield.usual", "Whatever no list knows is a person.")
def everybody_a_person(scene: Scene) -> None:
    renamed = pl.col("entity_id").str.replace("^local:[A-Z]+:", "local:PERSON:")
    kind = pl.when(_KNOWN).then("entity_type").otherwise(pl.lit("PERSON"))
    scene.change("mention", entity_id=renamed, entity_type=kind)


@fault("enriched_batch.misnamed_share", "Names carry the ids of other names.")
def ids_of_other_names(scene: Scene) -> None:
    other = pl.col("entity_id").str.replace("[0-9a-f]{12}$", "abcdefabcdef")
    scene.change("mention", entity_id=pl.when(_KNOWN).then("entity_id").otherwise(other))


@fault("enriched_near_duplicate.as_alike_as_hashed", "Texts that differ count as one.")
def pairs_of_different_texts(scene: Scene) -> None:
    ids = scene.rows("signature").select("article_id", "version_id").sort("article_id")
    first, second = (ids[from_ : from_ + 10] for from_ in (0, 10))
    pairs = pl.concat(
        [
            first.rename({"article_id": "article_id_a", "version_id": "version_id_a"}),
            second.rename({"article_id": "article_id_b", "version_id": "version_id_b"}),
        ],
        how="horizontal",
    ).with_columns(jaccard=pl.lit(0.95))
    rows = scene.rows("near_duplicate")
    scene.land("near_duplicate", pl.concat([rows, pairs.select(rows.columns)]))


@fault("enriched_near_duplicate.as_alike_as_hashed", "Hashes are those of other texts.")
def hashes_of_other_texts(scene: Scene) -> None:
    scene.change("signature", pl.col("min_hashes").reverse())
