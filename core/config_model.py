"""What the models of all configuration files share: ids, phrases, and what they refuse."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Phrase = Annotated[str, Field(min_length=1, max_length=120)]


class Model(BaseModel):
    """A frozen part of the configuration; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def refuse_repeats(kind: str, ids: list[str]) -> None:
    """Raise ValueError where an id of `ids` is used twice."""
    repeated = (
        sorted({one for one in ids if ids.count(one) > 1}) if len(set(ids)) < len(ids) else []
    )
    if repeated:
        raise ValueError(f"{kind} id '{repeated[0]}' is used twice; ids must be unique")


def refuse_cycles(kind: str, parents: dict[str, str | None]) -> None:
    """Raise ValueError where a parent is unknown, or an ancestor of itself."""
    for start, parent in parents.items():
        if parent is not None and parent not in parents:
            raise ValueError(f"{kind} '{start}' has the unknown parent '{parent}'")
        seen, node = {start}, parent
        while node is not None:
            if node in seen:
                raise ValueError(f"{kind} '{start}' is its own ancestor; remove the cycle")
            seen.add(node)
            node = parents[node]
