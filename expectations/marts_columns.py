"""The published columns that others rely on, by schema and table."""

_DAILY = (
    "articles texts stories owners_printing owners_reporting share_of_stories baseline_days "
    "expected low high p_value is_burst versions"
)
_SPAN = "article_id version_id sentence_no section char_start char_end surface"

COLUMNS: dict[tuple[str, str], str] = {
    ("marts", "dim_source"): "source_id name owner_id owner homepage country language timezone "
    "kind licence may_export_text active_from active_to",
    ("marts", "bridge_source_set"): "source_id set_id",
    ("marts", "dim_article"): "article_id version_id source_id url title authors language "
    "published_at published_day published_precision published_method first_seen_at "
    "first_seen_edition fetched_at word_count is_truncated analysis_level genre genre_method "
    "syndication_id origin origin_method story_id robots_ai tdm_reserved corrected_at removed_at",
    ("marts", "article_url"): "url article_id is_canonical",
    ("marts", "article_version"): "article_id version_id seen_at edition title text change "
    "is_current",
    ("marts", "article_text"): "article_id version_id text",
    ("marts", "article_sentence"): "article_id version_id sentence_no section char_start char_end "
    "text in_quotation first_seen_edition",
    ("marts", "article_date_candidate"): "article_id method value precision is_chosen",
    ("marts", "dim_theme"): "theme_id parent_theme_id name iptc_qcode taxonomy_version threshold "
    "eval_precision eval_recall eval_n",
    ("marts", "dim_entity"): "entity_id name entity_type wikidata_qid",
    ("marts", "dim_entity_alias"): "entity_id alias valid_from valid_to",
    ("marts", "bridge_theme_ancestor"): "theme_id ancestor_id depth",
    ("marts", "bridge_entity_ancestor"): "entity_id ancestor_id depth relation valid_from valid_to",
    ("marts", "fct_entity_mention"): f"{_SPAN} entity_id method confidence link_rule "
    "link_confidence extractor_version",
    ("marts", "fct_theme_evidence"): f"{_SPAN} theme_id rule_id weight taxonomy_version",
    ("marts", "fct_article_entity"): "article_id entity_id mentions in_title salience",
    ("marts", "fct_article_theme"): "article_id theme_id score evidence_count is_primary",
    ("marts", "fct_theme_entity_evidence"): "article_id theme_id entity_id sentence_no section",
    ("marts", "evidence"): "article_id url published_day story_id",
    ("marts", "dim_story"): "story_id title lead_article_id first_published_at first_seen_edition "
    "last_seen_edition articles texts owners_printing owners_reporting",
    ("marts", "fct_theme_daily"): f"published_day theme_id scope {_DAILY}",
    ("marts", "fct_entity_daily"): f"published_day entity_id scope {_DAILY}",
    ("marts", "fct_theme_entity_daily"): "published_day theme_id entity_id articles stories "
    "stories_same_sentence",
    ("marts", "fct_entity_pair_daily"): "published_day entity_id_a entity_id_b articles stories "
    "stories_same_sentence",
    ("marts", "fct_coverage_daily"): "published_day source_id articles texts stories analysed "
    "truncated undated is_collected",
    ("marts", "story_alias"): "old_story_id story_id",
    ("quality", "fct_disposition"): "edition source_id url status reason http_status",
    ("quality", "fct_source_edition"): "edition source_id feed_status is_collected looks "
    "failed_looks tls_verified lost_items is_silent found listed loaded unchanged duplicate "
    "out_of_window robots_disallowed blocked_address fetch_failed too_large not_an_article "
    "extract_failed quarantined deferred median_delay_minutes date_method_shares",
    ("quality", "quarantine"): "edition source_id article_id version_id url expectation reason "
    "run_id quarantine_id may_release",
    ("quality", "decision"): "decided_at decision edition content_hash decided_by why run_id "
    "article_id version_id expectations",
    ("quality", "expectation_result"): "run_id publication_id edition suite expectation "
    "table_name column_name severity success observed sentence overridden_by",
    ("meta", "publication"): "publication_id base_publication_id edition published_at dag_run_id "
    "code_version taxonomy_version extractor_version schema_version gate_result",
    ("meta", "edition"): "edition collect_id content_hash loaded_by_run_id",
    ("meta", "brief_figure"): "publication_id edition figure value sql",
    ("meta", "brief_citation"): "publication_id edition article_id version_id",
}
