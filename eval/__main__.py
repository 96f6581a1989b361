"""`python -m eval`: measure everything, print the table, write docs/accuracy.md, check floors."""

import argparse
import sys

from core.errors import BroadsheetError
from eval.corpus import CORPUS
from eval.floors import below_floor, floor_of, lower_floor, read_floors
from eval.score import Measurement


def main() -> int:
    """0 if every measurement reaches its floor, 1 if one does not or the data are not there."""
    options = _options()
    if options.lower_floor:
        key, value = options.lower_floor
        try:
            lower_floor(key, floor_of(value), options.because)
        except BroadsheetError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    if not CORPUS.is_dir():
        print(f"The labelled data are not at {CORPUS}; put the corpus there.", file=sys.stderr)
        return 1
    from eval import gold, report

    labelled = gold.measure_taxonomies()
    measurements = [*_measure(), *gold.measurements(labelled)]
    floors = read_floors()
    report.show(measurements, floors)
    faults = below_floor(measurements, floors)
    if options.check:
        faults += gold.stale(labelled)
    else:
        gold.write(labelled)
        report.write_page(measurements, floors)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where what is written is stale"
    )
    parser.add_argument("--lower-floor", nargs=2, metavar=("KEY", "VALUE"))
    parser.add_argument("--because", default="", help="why that floor has to go down")
    return parser.parse_args()


def _measure() -> list[Measurement]:
    from eval import (
        bursts,
        duplicates,
        gold_names,
        links,
        mentions,
        pages,
        reuters,
        stories,
        themes,
    )

    return [
        *pages.measure_bodies(),
        *pages.measure_dates(),
        *mentions.measure(),
        *gold_names.measure(),
        *links.measure(),
        *themes.measure(),
        *reuters.measure(),
        *duplicates.measure(),
        *stories.measure(),
        *bursts.measure(),
    ]


if __name__ == "__main__":
    sys.exit(main())
