"""What a fault of the catalogue is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.faults.scene import Scene

Layer = Literal["landing", "enrichment", "transformation", "publication"]
LAYERS: tuple[Layer, ...] = ("landing", "enrichment", "transformation", "publication")
Damage = Callable[[Scene], None]


@dataclass(frozen=True)
class Fault:
    """Damage done to a healthy edition at a layer; `what` is one sentence about it.

    `catcher` is the expectation that must fail, with its severity; at the layer `publication` the
    function that must refuse, or put right, what it finds. `of_rows`: it shows on single rows,
    which alone are kept out; the edition goes on without them.
    """

    id: str
    layer: Layer
    what: str
    catcher: str
    severity: Literal["critical", "warning"]
    damage: Damage
    of_rows: bool = False


class Catalogue:
    """The faults of a layer, in order; `fault` adds the decorated damage."""

    def __init__(self, layer: Layer) -> None:
        self.layer: Layer = layer
        self.faults: list[Fault] = []

    def fault(
        self,
        catcher: str,
        what: str,
        *,
        severity: Literal["critical", "warning"] = "critical",
        of_rows: bool = False,
    ) -> Callable[[Damage], Damage]:
        def add(damage: Damage) -> Damage:
            name = damage.__name__.strip("_").replace("_", "-")
            self.faults.append(Fault(name, self.layer, what, catcher, severity, damage, of_rows))
            return damage

        return add
