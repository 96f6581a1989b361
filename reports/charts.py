"""The charts of a brief as inline SVG: Altair rendered without a browser, no script inside."""

from datetime import date, timedelta
from typing import Any

import altair as alt
import polars as pl
import vl_convert

SERIF = "Georgia, 'Times New Roman', serif"
INK, QUIET, ACCENT = "#1a1a1a", "#6b6660", "#0b5a8a"
WINDOW_DAYS = 14


def theme_days_chart(days: list[dict[str, Any]], theme_ids: list[str], edition: date) -> str:
    """Stories a day for the given themes: a dot a day, its area and its number the count.

    Returns an SVG element, or an empty string where there is nothing to draw.
    """
    names = {row["theme_id"]: row["name"] for row in days}
    order = [names[theme] for theme in theme_ids if theme in names]
    frame = pl.DataFrame(
        {
            "theme": [row["name"] for row in days],
            "day": [row["published_day"].isoformat() for row in days],
            "stories": [row["stories"] for row in days],
        },
        schema={"theme": pl.String, "day": pl.String, "stories": pl.Int64},
    ).filter(pl.col("theme").is_in(order) & (pl.col("stories") > 0))
    if frame.is_empty():
        return ""
    window = [(edition - timedelta(days=back)).isoformat() for back in range(WINDOW_DAYS, -1, -1)]
    base = alt.Chart(frame).encode(
        x=alt.X(
            "day:O",
            scale=alt.Scale(domain=window),
            axis=alt.Axis(title=None, labelExpr="substring(datum.label, 8)", labelAngle=0),
        ),
        y=alt.Y("theme:N", sort=order, axis=alt.Axis(title=None, labelLimit=230)),
    )
    most = max(4, int(frame["stories"].max()))  # type: ignore[arg-type]
    dots = base.mark_circle(color=ACCENT, opacity=0.9).encode(
        size=alt.Size("stories:Q", legend=None, scale=alt.Scale(domain=[0, most], range=[0, 420]))
    )
    numbers = base.mark_text(color="white", fontSize=10, fontWeight="bold").encode(
        text="stories:Q",
        opacity=alt.condition(f"datum.stories >= {most / 4}", alt.value(1), alt.value(0)),
    )
    chart = (dots + numbers).properties(width=430, height=alt.Step(26))
    return _svg(chart)


def _svg(chart: alt.LayerChart) -> str:
    styled = (
        chart.configure(font=SERIF, background="transparent")
        .configure_axis(
            labelColor=INK,
            labelFontSize=12,
            domain=False,
            ticks=False,
            grid=True,
            gridColor="#e7e2d8",
            labelPadding=6,
        )
        .configure_view(stroke=None)
    )
    svg: str = vl_convert.vegalite_to_svg(styled.to_json(), vl_version="v5_20")
    return svg[svg.index("<svg") :]
