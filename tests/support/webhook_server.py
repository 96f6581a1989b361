"""A webhook on loopback: takes JSON like Slack's, keeps it, answers as it is told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Webhook:
    """The answer it gives, and what it was sent; a `dripping` one never ends its answer."""

    status: int = 200
    says: str = "ok"
    location: str | None = None
    dripping: bool = False
    port: int = 0
    posts: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/T0/secret"


@contextmanager
def serving_webhook(webhook: Webhook) -> Iterator[Webhook]:
    """Serve on a loopback port (`webhook.port`, or a free one that is written there)."""
    is_over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            webhook.requests.append(f"GET {self.path}")
            self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            webhook.requests.append(f"POST {self.path}")
            webhook.posts.append(json.loads(body))
            self.send_response(webhook.status)
            if webhook.location:
                self.send_header("Location", webhook.location)
            while webhook.dripping and not is_over.is_set():
                self.send_header("X-Drip", "drop")
                self.flush_headers()
                time.sleep(0.1)
            self.send_header("Content-Length", str(len(webhook.says.encode())))
            self.end_headers()
            self.wfile.write(webhook.says.encode())

        def log_message(self, *_given: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", webhook.port), Handler)
    server.daemon_threads = True
    webhook.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield webhook
    finally:
        is_over.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
