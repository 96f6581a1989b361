"""What each task reads and writes, as OpenLineage datasets; and the file that takes the events.

Airflow's OpenLineage provider makes the events of runs and tasks. It asks the extractors here what
a task that ended has read and written, and hands the events to the transport; `cli.airflow_env`
names both. A dataset is named after its place in `$BROADSHEET_HOME`, an outlet `outlet/<id>`.
"""

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attr
from airflow.providers.openlineage.extractors import OperatorLineage
from airflow.providers.openlineage.extractors.base import BaseExtractor
from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.serde import Serde
from openlineage.client.transport.transport import Config, Transport

from core.files import read_json
from core.home import Home

if TYPE_CHECKING:  # the scheduler imports this module, and forks: nothing heavy may come with it
    from core.plan import Run

NAMESPACE = "broadsheet"
type Names = tuple[Iterable[str], Iterable[str]]
"""What is read, and what is written."""
_BUILT = ("model", "seed", "snapshot")


@attr.define
class DailyFileConfig(Config):
    """The folder of the files."""

    folder: str

    @classmethod
    def from_dict(cls, params: dict[str, Any]) -> "DailyFileConfig":
        return cls(folder=params["folder"])


class DailyFile(Transport):
    """Appends events to `<folder>/<day>.ndjson`, one a line, by the day of the event in UTC."""

    kind = "daily_file"
    config_class = DailyFileConfig

    def __init__(self, config: DailyFileConfig) -> None:
        self._folder = Path(config.folder)

    def emit(self, event: Any) -> None:
        """One write a line: those of several processes do not mingle."""
        self._folder.mkdir(parents=True, exist_ok=True)
        line = Serde.to_json(event).encode() + b"\n"
        path = self._folder / f"{event.eventTime[:10]}.ndjson"
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, line)
        finally:
            os.close(file)


class _Extractor(BaseExtractor):  # type: ignore[misc]
    """Tells what was read and written when a task has ended; of one that starts, nothing."""

    def _execute_extraction(self) -> OperatorLineage:
        return OperatorLineage()

    def extract_on_complete(self, task_instance: Any) -> OperatorLineage:
        read, written = self.names(task_instance)
        return OperatorLineage(
            inputs=[InputDataset(NAMESPACE, name) for name in dict.fromkeys(read)],
            outputs=[OutputDataset(NAMESPACE, name) for name in dict.fromkeys(written)],
        )

    def names(self, task_instance: Any) -> Names:
        raise NotImplementedError


class Stations(_Extractor):
    """The tasks that call a function of ours: what they read and write follows from their run."""

    @classmethod
    def get_operator_classnames(cls) -> list[str]:
        return ["_PythonDecoratedOperator"]

    def names(self, task_instance: Any) -> Names:
        station = self.operator.task_id.rpartition(".")[2]
        if station == "brief":
            return of_brief(task_instance.get_template_context()["triggering_asset_events"])
        if station not in STATIONS:
            return (), ()
        from core.plan import load_run

        given = dict(zip(("run", "shard"), self.operator.op_args, strict=False))
        given |= self.operator.op_kwargs
        given |= given.pop("one", {})
        names: Names = STATIONS[station](load_run(given["run"]), given.get("shard") or {})
        return names


class Build(_Extractor):
    """The one `dbt build`: the tables that it finds. What it builds, the models' tasks tell.

    Cosmos would tell it of the database's own names, with every statement: a third of a megabyte.
    """

    @classmethod
    def get_operator_classnames(cls) -> list[str]:
        return ["DbtProducerWatcherOperator"]

    def names(self, task_instance: Any) -> Names:  # noqa: ARG002 - the signature of all
        within = candidate(run_of_task(self.operator))
        return [f"{within}/{table}" for table in sources_of(manifest())], ()


class Models(_Extractor):
    """The tasks that stand for dbt models: the tables that a model reads, and the one it builds."""

    @classmethod
    def get_operator_classnames(cls) -> list[str]:
        return ["DbtRunWatcherOperator"]

    def names(self, task_instance: Any) -> Names:  # noqa: ARG002 - the signature of all
        within = candidate(run_of_task(self.operator))
        return of_model(manifest(), self.operator.model_unique_id, within)


def run_of_task(operator: Any) -> str:
    """The run whose candidate a task of dbt works on."""
    return Path(operator.env["BROADSHEET_CANDIDATE"]).parent.name


# Names ------------------------------------------------------------------------------------


def place(path: Path) -> str:
    """A path in the home as a name; what a shadow home links to is what the home has."""
    return path.resolve().relative_to(Home.from_environment().root.resolve()).as_posix()


def candidate(run_id: str) -> str:
    return f"work/{run_id}/candidate"


def archives(run: "Run", shard: Mapping[str, Any]) -> list[str]:
    """The archive of each outlet of the shard, or of all."""
    ids = shard.get("sources") or [one for each in run.shards for one in each.sources]
    return [f"{place(run.archive)}/{one}" for one in ids]


def collected(run: "Run") -> str:
    return f"{place(run.landing)}/collected"


def enriched(run: "Run") -> str:
    return f"{place(run.landing)}/enriched"


def grouped(run: "Run") -> str:
    return f"{place(run.landing)}/grouped"


def publication(publication_id: str | None) -> list[str]:
    return [f"publications/{publication_id}"] if publication_id else []


# What a station reads and writes ----------------------------------------------------------


def of_fetch(run: "Run", shard: Mapping[str, Any]) -> Names:
    """An outlet and the looks since the last edition go into one archive; a replay reads it."""
    if run.mode == "replay":
        return archives(run, shard), ()
    looks = [
        f"archive/{look}/{one}"
        for look in run.looks
        for one in shard["sources"]
        if (run.paths.archive_root / look / f"{one}.ledger.jsonl").exists()
    ]
    return [*(f"outlet/{one}" for one in shard["sources"]), *looks], archives(run, shard)


def of_enrich_again(run: "Run", shard: Mapping[str, Any]) -> Names:
    from core.companions import read_companions, run_of

    wanted = set(shard["editions"])
    runs = [run_of(run, one) for one in read_companions(run) if str(one.edition) in wanted]
    return map(collected, runs), map(enriched, runs)


def of_open_candidate(run: "Run", _shard: Mapping[str, Any]) -> Names:
    """The base, and every landing that is taken in."""
    record = read_json(run.work / "load.json")
    landed = [
        f"landing/{one['edition']}/{one['collect_id']}/grouped"
        for one in record["editions"]
        if one["state"] != "kept"
    ]
    own = [collected(run), enriched(run), grouped(run)]
    written = [f"{candidate(run.run_id)}/{table}" for table in sources_of(manifest())]
    return [*publication(record["base_publication_id"]), *own, *landed], written


def of_check_marts(run: "Run", _shard: Mapping[str, Any]) -> Names:
    return marts(run.run_id), [f"work/{run.run_id}/verdicts"]


def of_publish(run: "Run", _shard: Mapping[str, Any]) -> Names:
    note = run.work / "publishing.json"
    published = publication(read_json(note)["publication_id"] if note.exists() else None)
    return [*marts(run.run_id), f"work/{run.run_id}/verdicts"], published


def of_show(run: "Run", _shard: Mapping[str, Any]) -> Names:
    record = read_json(run.work / "load.json")
    landed = [collected(run), enriched(run), grouped(run)]
    return [*publication(record["base_publication_id"]), *landed], marts(run.run_id)


def of_brief(events: Mapping[Any, Iterable[Any]]) -> Names:
    told = [event.extra for found in events.values() for event in found]
    read = [name for one in told for name in publication(one["publication_id"])]
    return read, [f"reports/{one['edition']}/brief.html" for one in told]


STATIONS: dict[str, Any] = {
    "fetch": of_fetch,
    "extract": lambda run, shard: (archives(run, shard), [collected(run)]),
    "land": lambda run, _: ([collected(run)], [collected(run)]),
    "check_landing": lambda run, _: ([collected(run)], [collected(run)]),
    "enrich": lambda run, _: ([collected(run)], [enriched(run)]),
    "enrich_again": of_enrich_again,
    "group_texts": lambda run, _: ([enriched(run)], [grouped(run)]),
    "open_candidate": of_open_candidate,
    "check_marts": of_check_marts,
    "publish": of_publish,
    "rebuild_edition": lambda run, _: (archives(run, {}), [collected(run), enriched(run)]),
    "group_editions": lambda run, _: ([enriched(run)], [grouped(run)]),
    "show": of_show,
    "publish_replay": of_publish,
}


# dbt --------------------------------------------------------------------------------------


@cache
def manifest() -> dict[str, Any]:
    """The parsed dbt project of this home."""
    parsed: dict[str, Any] = read_json(Home.from_environment().airflow / "dbt" / "manifest.json")
    return parsed


def table_of(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node.get('alias') or node.get('identifier') or node['name']}"


def sources_of(parsed: Mapping[str, Any]) -> list[str]:
    """The tables that dbt finds: `raw.article` and its like."""
    return sorted(table_of(one) for one in parsed["sources"].values())


def marts(run_id: str) -> list[str]:
    """The published tables of a candidate that dbt builds."""
    nodes = manifest()["nodes"].values()
    built = [one for one in nodes if one["resource_type"] == "model"]
    tables = [table_of(one) for one in built if one["schema"] in {"marts", "quality"}]
    return [f"{candidate(run_id)}/{table}" for table in sorted(tables)]


def of_model(parsed: Mapping[str, Any], unique_id: str, within: str) -> Names:
    """The tables that a model reads, through models that are only inlined, and its own."""
    node = parsed["nodes"][unique_id]
    read = [f"{within}/{table}" for table in _parents(parsed, node)]
    return read, [f"{within}/{table_of(node)}"]


def _parents(parsed: Mapping[str, Any], node: Mapping[str, Any]) -> Iterable[str]:
    for one in node["depends_on"]["nodes"]:
        if one in parsed["sources"]:
            yield table_of(parsed["sources"][one])
        elif parsed["nodes"][one]["config"]["materialized"] == "ephemeral":
            yield from _parents(parsed, parsed["nodes"][one])
        elif parsed["nodes"][one]["resource_type"] in _BUILT:
            yield table_of(parsed["nodes"][one])
