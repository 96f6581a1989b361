"""`python -m eval`: measure everything, print the table, write docs/accuracy.md, check floors."""

import sys

from eval.corpus import CORPUS


def main() -> int:
    """0 if every measurement reaches its floor, 1 if one does not or the data are not there."""
    if not CORPUS.is_dir():
        print(f"The labelled data are not at {CORPUS}; put the corpus there.", file=sys.stderr)
        return 1
    from eval import (
        bursts,
        duplicates,
        gold,
        gold_names,
        links,
        mentions,
        pages,
        report,
        reuters,
        stories,
        themes,
    )

    measurements = [
        *pages.measure_bodies(),
        *pages.measure_dates(),
        *mentions.measure(),
        *links.measure(),
        *themes.measure(),
        *gold.measure_themes(),
        *gold_names.measure(),
        *reuters.measure(),
        *duplicates.measure(),
        *stories.measure(),
        *bursts.measure(),
    ]
    floors = report.read_floors()
    report.show(measurements, floors)
    report.write_page(measurements, floors)
    faults = report.below_floor(measurements, floors)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
