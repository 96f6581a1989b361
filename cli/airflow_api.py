"""The few questions that the command line asks Airflow over its REST API on loopback."""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from core.errors import BroadsheetError

_DIRECT = build_opener(ProxyHandler({}))  # loopback, whatever proxy the machine names


class ApiError(BroadsheetError):
    """Airflow answered with an error, or not at all."""


class ServerFault(ApiError):
    """Airflow met a fault of its own (status 500)."""


class AirflowApi:
    """A session of the one user of a loopback Airflow; times out after 30 seconds a request."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._token = ""

    def is_up(self) -> bool:
        """Whether the server answers; Airflow's other parts may still be starting."""
        try:
            self._request("GET", "/api/v2/version", authorised=False)
        except ApiError:
            return False
        return True

    def get(self, path: str, **query: Any) -> Any:
        return self._request("GET", f"/api/v2{path}" + (f"?{urlencode(query)}" if query else ""))

    def find(self, path: str) -> Any | None:
        """As `get`, None for what does not exist."""
        try:
            return self.get(path)
        except ApiError as error:
            if isinstance(error.__cause__, HTTPError) and error.__cause__.code == 404:
                return None
            raise

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._request("POST", f"/api/v2{path}", body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._request("PATCH", f"/api/v2{path}", body)

    def ensure_pool(self, name: str, slots: int, description: str) -> None:
        """Make the pool, or give it that many slots."""
        body = {"slots": slots, "description": description, "include_deferred": False}
        if self.find(f"/pools/{name}") is None:
            self.post("/pools", {"name": name, **body})
        else:
            self.patch(f"/pools/{name}", {"pool": name, **body})

    def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, authorised: bool = True
    ) -> Any:
        headers = {"Content-Type": "application/json"}
        if authorised:
            headers["Authorization"] = f"Bearer {self._authorise()}"
        data = json.dumps(body).encode() if body is not None else None
        request = Request(self.address + path, data, headers, method=method)  # noqa: S310
        try:
            with _DIRECT.open(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except HTTPError as error:
            said = error.read().decode(errors="replace")[:500]
            kind = ServerFault if error.code >= 500 else ApiError
            raise kind(f"Airflow refused {method} {path}: {error.code} {said}") from error
        except (URLError, OSError) as error:
            raise ApiError(f"Airflow does not answer at {self.address}: {error}") from error

    def _authorise(self) -> str:
        if not self._token:
            answer = self._request("GET", "/auth/token", authorised=False)
            self._token = answer["access_token"]
        return self._token


def segment(identifier: str) -> str:
    """An id (a run's has colons and a plus) as one segment of a path."""
    return quote(identifier, safe="")
