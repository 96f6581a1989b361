"""A mail server and a webhook that live as long as a command, where that has its own network.

    python -m tests.support.alert_servers FOLDER MAIL_PORT WEBHOOK_PORT COMMAND…

writes what they received to `FOLDER/received.json` and ends as the command did.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import yaml

from tests.support.mail_server import MailServer, serving_mail
from tests.support.serving import free_port
from tests.support.webhook_server import Webhook, serving_webhook


@dataclass(frozen=True)
class AlertServers:
    """Where they listen, and how a command is run beside them."""

    folder: Path
    mail_port: int = field(default_factory=free_port)
    hook_port: int = field(default_factory=free_port)

    @property
    def prefix(self) -> list[str]:
        """What to put before the command."""
        ports = (str(self.mail_port), str(self.hook_port))
        return [sys.executable, "-m", "tests.support.alert_servers", str(self.folder), *ports]

    @property
    def environment(self) -> dict[str, str]:
        return {"BROADSHEET_WEBHOOK_URL": Webhook(port=self.hook_port).url}

    def write_settings(self, path: Path) -> None:
        """An alerts.yml that sends to both."""
        email = {
            "host": "127.0.0.1", "port": self.mail_port, "security": "none",
            "sender": "broadsheet@example.org", "to": ["desk@example.org"],
        }  # fmt: skip
        settings = {"ui_url": "https://airflow.example.org", "email": email, "webhook": {}}
        path.write_text(yaml.safe_dump(settings))

    def received(self) -> dict[str, list[dict[str, str]]]:
        """`mails` (subject, text, html) and `posts` (text) of the last command."""
        found: dict[str, list[dict[str, str]]] = json.loads(
            (self.folder / "received.json").read_bytes()
        )
        return found


def _parts(mail: EmailMessage) -> dict[str, Any]:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return {"subject": mail["Subject"], "text": text.get_content(), "html": html.get_content()}


def main() -> None:
    folder, mail_port, hook_port, *command = sys.argv[1:]
    mail, hook = MailServer(port=int(mail_port)), Webhook(port=int(hook_port))
    with serving_mail(mail), serving_webhook(hook):
        ended = subprocess.run(command, check=False)
    received = {"mails": [_parts(one) for one in mail.mails], "posts": hook.posts}
    (Path(folder) / "received.json").write_text(json.dumps(received), encoding="utf-8")
    raise SystemExit(ended.returncode)


if __name__ == "__main__":
    main()
