"""The floors that no measurement may fall below, and the reasons why one was lowered."""

import math
from pathlib import Path

from core.errors import BroadsheetError
from core.files import read_json, write_json
from eval.score import Measurement

FLOORS = Path(__file__).with_name("floors.json")
LOWERED = Path(__file__).with_name("floors_lowered.json")


class FloorError(BroadsheetError):
    """A floor that cannot be set so."""


def read_floors() -> dict[str, float]:
    """The least figure allowed, by the key of the measurement."""
    floors: dict[str, float] = read_json(FLOORS)
    return floors


def read_lowered() -> list[dict[str, str | float]]:
    """Every lowering: key, from, to, because; the latest last."""
    lowered: list[dict[str, str | float]] = read_json(LOWERED)
    return lowered


def floor_of(written: str) -> float:
    """A floor as a person writes it.

    Raises:
        FloorError: it is no finite number from 0.
    """
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise FloorError(f"'{written}' is no floor; write a number from 0, such as 0.85.")
    return value


def lower_floor(key: str, value: float, because: str) -> None:
    """Lower the floor of `key` to `value` (finite, from 0) and note the reason.

    Raises:
        FloorError: there is no such floor, it is not above `value`, or no reason is given.
    """
    floors = read_floors()
    if key not in floors:
        raise FloorError(f"there is no floor '{key}' in {FLOORS.name}; keys are as it lists them.")
    if value >= floors[key]:
        raise FloorError(
            f"{value} does not lower the floor of '{key}', which is {floors[key]}; "
            f"raise a floor in {FLOORS.name} itself."
        )
    if not because.strip():
        raise FloorError(f"say with --because why the floor of '{key}' has to go down.")
    note = {"key": key, "from": floors[key], "to": value, "because": because.strip()}
    write_json(LOWERED, [*read_lowered(), note])
    write_json(FLOORS, floors | {key: value})


def unexplained(before: dict[str, float], now: dict[str, float]) -> list[str]:
    """A sentence for each floor that is lower now than before, or gone, without a reason."""
    noted = {(one["key"], one["to"]) for one in read_lowered()}
    return [
        f"the floor '{key}' went from {floor} to {now.get(key, 'nothing')} without a reason; "
        "use python -m eval --lower-floor."
        for key, floor in before.items()
        if now.get(key, 0.0) < floor and (key, now.get(key, 0.0)) not in noted
    ]


def below_floor(measurements: list[Measurement], floors: dict[str, float]) -> list[str]:
    """A sentence for each measurement that is below its floor or has none, and for each missing."""
    faults = []
    for one in measurements:
        floor = floors.get(one.key)
        if floor is None:
            faults.append(f"{one.key} has no floor; add one to {FLOORS.name}.")
        elif one.ours.value < floor:
            faults.append(f"{one.key} is {one.ours.value:.3f}, below its floor of {floor:.3f}.")
    missing = sorted(floors.keys() - {one.key for one in measurements})
    return faults + [f"{key} has a floor but was not measured." for key in missing]
