"""`alerts.yml`: who is told when an edition is refused or late, by which channels; off by default.

The file holds no secret: the password of the mail server and the address of the webhook (whoever
knows it may post) come from environment variables.
"""

import os
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from core.config import config_folder
from core.config_model import Model
from core.config_values import PlainText, Timezone, WebUrl
from core.errors import ConfigError
from core.yaml_files import load_model

AlertKind = Literal[
    "failed_gate", "failed_publish", "failed_task", "missed_deadline", "silent_source"
]
SMTP_PASSWORD = "BROADSHEET_SMTP_PASSWORD"  # noqa: S105 - the variable's name
_ALL: tuple[AlertKind, ...] = (
    "failed_gate", "failed_publish", "failed_task", "missed_deadline", "silent_source",
)  # fmt: skip
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _quoted_time(given: object) -> object:
    # YAML reads an unquoted 10:30 as the number 630.
    if not isinstance(given, str):
        raise ValueError("this is not a time of day in quotes such as '07:30'")  # noqa: TRY004
    return given


def _bare_url(url: str) -> str:
    if "?" in url or "#" in url:
        raise ValueError("leave out what follows '?' or '#'")
    return url.rstrip("/")


Address = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
        max_length=254,
    ),
]
Host = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]+$", max_length=253),
]
Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=80)]
TimeOfDay = Annotated[
    str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"), BeforeValidator(_quoted_time)
]
BareUrl = Annotated[WebUrl, AfterValidator(_bare_url)]


class Email(Model):
    """A mail server and who is written to.

    `starttls` and `tls` check the server's certificate. With a `user` the password is read from
    $BROADSHEET_SMTP_PASSWORD, and is never sent in the clear to another machine.
    """

    host: Host
    port: int = Field(587, ge=1, le=65_535, strict=True)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: PlainText | None = None
    sender: Address
    to: Annotated[list[Address], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if self.user is not None and self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError(
                "a password must not cross the network in the clear; "
                "use security starttls or tls, or leave out 'user'"
            )
        return self


class Webhook(Model):
    """A Slack-compatible incoming webhook; `url_variable` names what holds its address."""

    url_variable: Variable = "BROADSHEET_WEBHOOK_URL"


class Deadline(Model):
    """When the day's edition has to be published, every day, by the clock of `timezone`."""

    model_config = ConfigDict(validate_default=True)
    time: TimeOfDay = "07:30"
    timezone: Timezone = "UTC"

    @property
    def cron(self) -> str:
        moment = time.fromisoformat(self.time)
        return f"{moment.minute} {moment.hour} * * *"


class Alerts(Model):
    """`alerts.yml`; without a channel nothing is sent.

    `ui_url` is where people reach Airflow's UI, `runbooks_url` a folder with docs/runbooks of the
    project; a whole attempt to send by one channel takes at most `timeout_seconds`.
    """

    email: Email | None = None
    webhook: Webhook | None = None
    deadline: Deadline = Deadline()
    tell: tuple[AlertKind, ...] = _ALL
    ui_url: BareUrl | None = None
    runbooks_url: BareUrl | None = None
    timeout_seconds: float = Field(15.0, gt=0, le=120, strict=True)

    @property
    def channels(self) -> list[str]:
        return [name for name in ("email", "webhook") if getattr(self, name) is not None]


def alerts_path() -> Path:
    return config_folder() / "alerts.yml"


def load_alerts(path: Path | None = None) -> Alerts:
    """The file as it is now; where there is none, nothing is sent.

    Raises:
        ConfigError: a fault, with file and line.
    """
    path = path or alerts_path()
    return load_model(path, Alerts) if path.exists() else Alerts()


def secret(variable: str, what: str) -> str:
    """The value of an environment variable; raises ConfigError where it is not set."""
    value = os.environ.get(variable, "").strip()
    if not value:
        raise ConfigError(f"{what} is not known; set it in the environment variable {variable}.")
    return value
