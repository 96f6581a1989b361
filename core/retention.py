"""`retention.yml`: how much of the past is kept, and for how long; checked before it is used."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from core.config import config_folder
from core.config_model import Model
from core.yaml_files import load_model

Days = Annotated[int, Field(ge=1, le=36_500)]
Count = Annotated[int, Field(ge=0, le=10_000)]


class PublicationRule(Model):
    """Which publications keep their file.

    The newest publication of each of the last `daily` days, `weekly` weeks and `monthly` months
    that have any, and each for `grace_hours` after the next one took its place. Over
    `max_gigabytes` (10^9 bytes) in all the oldest go first, whatever the counts say.
    """

    model_config = ConfigDict(strict=True)
    daily: Count = 14
    weekly: Count = 8
    monthly: Count = 12
    grace_hours: float = Field(48, ge=1, le=8_760)
    max_gigabytes: float = Field(200, gt=0, le=1_000_000)


class Retention(Model):
    """Rules for what can be had again; archive, landing, seals and decisions are kept for ever.

    Days count from the last change of a run's work folder, of a run's quality pages, of a
    version of the enrichment cache, of a day's file of lineage events.
    """

    model_config = ConfigDict(strict=True)
    publications: PublicationRule = PublicationRule()
    work_days: Days = 14
    quality_pages_days: Days = 180
    enrich_cache_days: Days = 180
    lineage_days: Days = 180


def retention_rules() -> Retention:
    """The rules of the configuration as it is now; the defaults where it has no `retention.yml`.

    Raises:
        ConfigError: the file is wrong.
    """
    path = config_folder() / "retention.yml"
    return load_retention(path) if path.exists() else Retention()


@cache
def load_retention(path: Path) -> Retention:
    return load_model(path, Retention)
