"""Which classes of Wikidata mean a person, an organisation, a place …: a table, closed downwards.

A class that is not in the table has the type of the nearest class above it that is.
"""

from typing import Annotated, Literal

import polars as pl
from pydantic import Field, model_validator

from core.config import EntityType
from core.config_model import Model

NONE = "NONE"
_MOST_STEPS = 40
EDGES = pl.Schema({"child": pl.String, "parent": pl.String})
TYPES = pl.Schema(
    {"class": pl.String, "entity_type": pl.String, "depth": pl.Int32, "rank": pl.Int32}
)

_Qid = Annotated[str, Field(pattern=r"^Q[1-9]\d*$")]


class Classes(Model):
    """`wikidata-classes.yml`: type → id of a class → its name, which is for the reader alone."""

    classes: Annotated[dict[EntityType | Literal["NONE"], dict[_Qid, str]], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> "Classes":
        owner: dict[str, str] = {}
        for kind, table in self.classes.items():
            for qid in table:
                if owner.setdefault(qid, kind) != kind:
                    raise ValueError(f"the class '{qid}' stands under '{owner[qid]}' and '{kind}'")
        return self

    def table(self) -> pl.DataFrame:
        """The classes of the file as TYPES: depth 0, the rank by their place in it."""
        rows = [(qid, kind) for kind, table in self.classes.items() for qid in table]
        return pl.DataFrame(
            [(qid, kind, 0, rank) for rank, (qid, kind) in enumerate(rows)],
            schema=TYPES,
            orient="row",
        )


def closed(table: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """TYPES of every class at or below those of `table`; `edges` are EDGES, cycles allowed."""
    known = frontier = table
    for depth in range(1, _MOST_STEPS):
        frontier = (
            edges.join(frontier, left_on="parent", right_on="class")
            .select(
                pl.col("child").alias("class"), "entity_type", pl.lit(depth).alias("depth"), "rank"
            )
            .join(known, on="class", how="anti")
            .sort("class", "rank")
            .unique("class", keep="first", maintain_order=True)
            .cast(TYPES)
        )
        if frontier.is_empty():
            break
        known = pl.concat([known, frontier])
    return known
