"""What tells one row of a published table from another: its natural key, in the order of a sort.

The dbt tests and contracts say the same of the tables that dbt builds (a test compares them).
"""

KEYS: dict[str, tuple[str, ...]] = {
    "marts.article_date_candidate": ("article_id", "method", "value", "precision"),
    "marts.article_sentence": ("article_id", "sentence_no"),
    "marts.article_text": ("article_id",),
    "marts.article_url": ("url", "article_id"),
    "marts.article_version": ("article_id", "version_id"),
    "marts.bridge_entity_ancestor": ("entity_id", "ancestor_id"),
    "marts.bridge_source_set": ("source_id", "set_id"),
    "marts.bridge_theme_ancestor": ("theme_id", "ancestor_id"),
    "marts.dim_article": ("article_id",),
    "marts.dim_entity": ("entity_id",),
    "marts.dim_entity_alias": ("entity_id", "alias", "valid_from", "valid_to"),
    "marts.dim_source": ("source_id",),
    "marts.dim_story": ("story_id",),
    "marts.dim_theme": ("theme_id",),
    "marts.evidence": ("article_id", "theme_id", "sentence_no"),
    "marts.fct_article_entity": ("article_id", "entity_id"),
    "marts.fct_article_theme": ("article_id", "theme_id"),
    "marts.fct_coverage_daily": ("published_day", "source_id"),
    "marts.fct_entity_daily": ("published_day", "entity_id", "scope"),
    "marts.fct_entity_mention": (
        "article_id", "entity_id", "section", "char_start", "char_end",
    ),
    "marts.fct_entity_pair_daily": ("published_day", "entity_id_a", "entity_id_b"),
    "marts.fct_theme_daily": ("published_day", "theme_id", "scope"),
    "marts.fct_theme_entity_daily": ("published_day", "theme_id", "entity_id"),
    "marts.fct_theme_entity_evidence": ("article_id", "theme_id", "entity_id", "sentence_no"),
    "marts.fct_theme_evidence": (
        "article_id", "theme_id", "section", "char_start", "char_end", "rule_id",
    ),
    "marts.story_alias": ("old_story_id",),
    "meta.brief_citation": ("publication_id", "edition", "article_id", "version_id"),
    "meta.brief_figure": ("publication_id", "edition", "figure"),
    "meta.edition": ("edition",),
    "quality.decision": ("decided_at",),
    "quality.fct_disposition": ("edition", "source_id", "url"),
    "quality.fct_source_edition": ("edition", "source_id"),
    "quality.quarantine": ("edition", "run_id", "expectation", "article_id", "version_id", "url"),
}  # fmt: skip
