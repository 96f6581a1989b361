"""The chart of a brief: what a day gave of each theme, on the band of what days usually give.

Altair rendered without a browser; no script is inside. What colour says, shape and words say too.
"""

from collections.abc import Sequence

import altair as alt
import polars as pl
import vl_convert

from reports.facts import MOST_THEMES, is_judged, usual_band
from reports.lists import Row

SERIF = "Georgia, 'Times New Roman', serif"
INK, QUIET, BAND, EDGE = "#1a1a1a", "#5f5a54", "#d9e2e8", "#7d8f9b"
WITHIN, RISEN = "#0b5a8a", "#b34700"  # told apart in every kind of colour vision, and in grey
WIDTH, ROW = 350, 36
VEGA_LITE = "v5_20"


def themes_chart(themes: Sequence[Row]) -> alt.LayerChart | None:
    """Stories of the day as a dot on the usual band for each of the first MOST_THEMES rows.

    None where there is nothing to draw. A theme whose usual is not known has a dot and no band;
    one that rose beyond its usual has a diamond.
    """
    shown = themes[:MOST_THEMES]
    if not shown:
        return None
    base = alt.Chart(_frame(shown)).encode(
        y=alt.Y("theme_id:N", sort=[row["theme_id"] for row in shown], axis=None)
    )
    most = max(4, *(row["day_stories"] for row in shown), *(row["high"] or 0 for row in shown))
    axis = alt.Axis(title="stories", format="d", tickMinStep=1, tickCount=6, grid=True)
    scale = alt.Scale(domain=[0, most * 1.03], nice=False)
    low = alt.X("low:Q", scale=scale, axis=axis)
    layers = [
        base.mark_bar(size=9, color=BAND, yOffset=7).encode(x=low, x2="high:Q"),
        base.mark_tick(size=13, thickness=1.5, color=EDGE, yOffset=7).encode(x=low),
        base.mark_tick(size=13, thickness=1.5, color=EDGE, yOffset=7).encode(x="high:Q"),
        *_dots(base, is_risen=False, shape="circle", color=WITHIN),
        *_dots(base, is_risen=True, shape="diamond", color=RISEN),
        base.mark_text(align="left", fontSize=12, color=INK, dy=-9, limit=WIDTH - 120).encode(
            x=alt.value(0), text="name:N"
        ),
        base.mark_text(align="right", fontSize=12, color=QUIET, dy=-9).encode(
            x=alt.value(WIDTH), text="told:N"
        ),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=alt.Step(ROW))


def svg(chart: alt.LayerChart) -> str:
    """The chart as an SVG element."""
    styled = _styled(chart, background="transparent")
    drawn: str = vl_convert.vegalite_to_svg(styled.to_json(), vl_version=VEGA_LITE)
    return drawn[drawn.index("<svg") :]


def png(chart: alt.LayerChart, scale: float = 2) -> bytes:
    """The chart as a picture on white, for mail programs that drop SVG."""
    styled = _styled(chart, background="white")
    drawn: bytes = vl_convert.vegalite_to_png(styled.to_json(), vl_version=VEGA_LITE, scale=scale)
    return drawn


def _frame(themes: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "theme_id": [row["theme_id"] for row in themes],
            "name": [row["name"] for row in themes],
            "stories": [row["day_stories"] for row in themes],
            "low": [row["low"] if is_judged(row) else None for row in themes],
            "high": [row["high"] if is_judged(row) else None for row in themes],
            "is_risen": [bool(row["is_burst"]) for row in themes],
            "told": [_told(row) for row in themes],
        },
        schema_overrides={"low": pl.Float64, "high": pl.Float64, "stories": pl.Int64},
    )


def _told(theme: Row) -> str:
    if not is_judged(theme):
        return f"{theme['day_stories']}"
    more = "▲ " if theme["is_burst"] else ""
    return f"{more}{theme['day_stories']} (usual {usual_band(theme).replace(' to ', '–')})"


def _dots(base: alt.Chart, *, is_risen: bool, shape: str, color: str) -> list[alt.Chart]:
    chosen = base.transform_filter(f"datum.is_risen === {str(is_risen).lower()}")
    dot = chosen.mark_point(
        shape=shape, filled=True, size=110, color=color, opacity=1, stroke="white", yOffset=7
    )
    return [dot.encode(x=alt.X("stories:Q"))]


def _styled(chart: alt.LayerChart, background: str) -> alt.LayerChart:
    return (
        chart.configure(font=SERIF, background=background)
        .configure_axis(
            labelColor=QUIET,
            titleColor=QUIET,
            labelFontSize=11,
            titleFontSize=11,
            titleFontWeight="normal",
            domain=False,
            ticks=False,
            gridColor="#eae6dd",
        )
        .configure_view(stroke=None)
    )
