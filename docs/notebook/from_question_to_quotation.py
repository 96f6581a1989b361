"""From a question to a chart to a quotation: a marimo notebook on the published warehouse.

    marimo edit docs/notebook/from_question_to_quotation.py

`docs/notebook/README.md` says how else it opens. It reads `$BROADSHEET_HOME`, `data` by default.
"""

import marimo

app = marimo.App(width="medium", app_title="From a question to a quotation")


@app.cell(hide_code=True)
def _():
    import marimo as mo

    mo.md("""
    # From a question to a quotation

    **Who is the author when a machine takes part, and is more being written about it?** The answer
    takes three steps: count the stories of a theme by day against what is usual, see who stands
    beside it, and read the sentences that say so. Choose another theme and all of it follows.
    """)
    return (mo,)


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb

    home = Path(os.environ.get("BROADSHEET_HOME") or "data")
    # The symlink names the newest publication; run this cell again to read a newer one.
    warehouse = duckdb.connect(str(home / "warehouse.duckdb"), read_only=True)
    return alt, warehouse


@app.cell
def _(mo, warehouse):
    publication, edition, gate_result = warehouse.sql("""
        select publication_id, edition, gate_result
        from meta.publication
        order by publication_id desc
        limit 1
    """).fetchone()
    mo.md(f"This is publication **{publication}**, edition {edition}; the gate {gate_result} it.")
    return (publication,)


@app.cell
def _(mo, warehouse):
    themes = warehouse.sql("""
        select theme.name, theme.theme_id
        from marts.dim_theme as theme
        inner join marts.bridge_theme_ancestor as branch on theme.theme_id = branch.ancestor_id
        inner join marts.fct_article_theme as about on branch.theme_id = about.theme_id
        group by all
        order by count(distinct about.article_id) desc, theme.name
    """).fetchall()
    by_name = dict(themes)
    first = next((name for name, id_ in themes if id_ == "authorship"), themes[0][0])
    theme = mo.ui.dropdown(by_name, value=first, label="Theme", searchable=True)
    theme  # noqa: B018 - a cell shows its last expression
    return (theme,)


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## How much of it is there?

    Stories, not articles: a report that forty papers print is one story. The band is what was
    usual on the same outlets; it needs 14 days of history, and is not drawn before. A day on which
    not every outlet was collected is hollow: its count may be too low.
    """)


@app.cell
def _(theme, warehouse):
    days = (
        warehouse.execute(
            """
        select
            daily.published_day,
            daily.stories,
            daily.articles,
            daily.owners_reporting,
            daily.low,
            daily.high,
            bool_and(coalesce(coverage.is_collected, false)) as is_whole
        from marts.fct_theme_daily as daily
        left join marts.fct_coverage_daily as coverage using (published_day)
        where daily.theme_id = $1 and daily.scope = 'with_descendants'
        group by all
        order by daily.published_day desc
        limit 56
        """,
            [theme.value],
        )
        .pl()
        .sort("published_day")
    )
    return (days,)


@app.cell
def _(alt, days, theme):
    day = alt.X("published_day:T", title=None, axis=alt.Axis(format="%d %b", labelOverlap=True))
    stories = alt.Y("stories:Q", title="stories a day", axis=alt.Axis(tickMinStep=1))
    line = alt.Chart(days).mark_line(color="#0072b2").encode(x=day, y=stories)
    dots = (
        alt.Chart(days)
        .mark_point(size=60, stroke="#0072b2", opacity=1)
        .encode(
            x=day,
            y=stories,
            fill=alt.condition("datum.is_whole", alt.value("#0072b2"), alt.value("white")),
            tooltip=["published_day:T", "stories", "articles", "owners_reporting", "is_whole"],
        )
    )
    band = alt.Chart(days.filter(days["low"].is_not_null())).mark_area(color="#999", opacity=0.3)
    usual = band.encode(x=day, y="low:Q", y2="high:Q")
    chart = (usual + line + dots).properties(
        width=640, height=220, title=f"{theme.selected_key}: stories by day"
    )
    chart  # noqa: B018
    return (chart,)


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## Who stands beside it?

    Entities that share a sentence with the theme, by the stories in which they do.
    """)


@app.cell
def _(mo, theme, warehouse):
    beside = warehouse.execute(
        """
        select
            entity.name as entity,
            entity.entity_type as type,
            count(distinct article.story_id) as stories,
            count(distinct source.owner_id) as owners_printing
        from marts.fct_theme_entity_evidence as evidence
        inner join marts.bridge_theme_ancestor as branch using (theme_id)
        inner join marts.dim_entity as entity using (entity_id)
        inner join marts.dim_article as article using (article_id)
        inner join marts.dim_source as source using (source_id)
        where branch.ancestor_id = $1
        group by entity.entity_id, entity.name, entity.entity_type
        order by stories desc, owners_printing desc, entity.name
        limit 20
        """,
        [theme.value],
    ).pl()
    mo.ui.table(beside, selection=None)
    return (beside,)


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    ## Which sentence says so?

    The newest first, the strongest sentence of each story and owner, cut after 40 words, with
    whom to credit; headlines only where nothing else speaks. Mind the licence before you print it.
    """)


@app.cell
def _(mo, theme, warehouse):
    quotations = warehouse.execute(
        """
        select
            evidence.published_day,
            evidence.outlet,
            array_to_string(string_split(evidence.sentence, ' ')[1:40], ' ') as quotation,
            evidence.in_quotation,
            array_to_string(evidence.entities, ', ') as names,
            evidence.title,
            evidence.url,
            source.owner,
            coalesce(source.licence, 'all rights reserved') as licence
        from marts.evidence as evidence
        inner join marts.bridge_theme_ancestor as branch using (theme_id)
        inner join marts.dim_source as source using (source_id)
        where branch.ancestor_id = $1
        qualify row_number() over (
            partition by evidence.story_id, source.owner_id
            order by
                evidence.section = 'title', evidence.weight desc,
                evidence.article_id, evidence.sentence_no
        ) = 1
        order by evidence.published_day desc, evidence.weight desc, evidence.article_id
        """,
        [theme.value],
    ).pl()
    mo.ui.table(quotations, selection=None, wrapped_columns=["quotation", "title"])
    return (quotations,)


@app.cell
def _(mo, publication, quotations):
    from html import escape

    newest = {name: escape(str(value)) for name, value in quotations.row(0, named=True).items()}
    # Words of others are shown as they are: neither HTML nor Markdown in them is followed.
    mo.Html(f"""
    <blockquote>{newest["quotation"]}</blockquote>
    <p>{newest["outlet"]} ({newest["owner"]}), {newest["published_day"]},
    <a href="{newest["url"]}">{newest["title"]}</a>; {newest["licence"]}.
    Broadsheet, publication {publication}.</p>
    """)


if __name__ == "__main__":
    app.run()
