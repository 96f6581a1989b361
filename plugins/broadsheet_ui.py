"""The Airflow plugin: Broadsheet's pages in the UI's navigation and in the tabs of a DAG run.

Every process of Airflow imports this file, also each task's; what only the api-server needs is
imported when it asks for it.
"""

from functools import cached_property
from typing import Any
from urllib.parse import quote

from airflow.plugins_manager import AirflowPlugin

from dags.addresses import PAGES, pages_path

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{}"'
    ' stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><path d="{}"/></svg>'
)
_VIEWS = {
    "Brief": ("brief", "M4 5h13v14H6a2 2 0 0 1-2-2zM17 9h3v8a2 2 0 0 1-2 2M7 9h7M7 12h7M7 15h4"),
    "Publications": ("publications", "M5 4h14v4H5zM5 10h14v4H5zM5 16h14v4H5zM8 6h3M8 12h3M8 18h3"),
    "Coverage": ("coverage", "M4 4h16v16H4zM4 9.3h16M4 14.6h16M9.3 4v16M14.6 4v16"),
    "Data Docs": ("data-docs", "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4"),
    "dbt docs": ("dbt-docs", "M12 4l7 3v10l-7 3-7-3V7zM5 7l7 3 7-3M12 10v10M5 12l7 3 7-3"),
}
_TABS = {"Brief": "brief", "Data Docs": "data-docs"}


class BroadsheetPlugin(AirflowPlugin):  # type: ignore[misc]
    """Pages of the warehouse, in the navigation and for a DAG run."""

    name = "broadsheet"

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        from plugins.pages import app

        return [{"name": "broadsheet", "app": app, "url_prefix": PAGES}]

    @cached_property
    def external_views(self) -> list[dict[str, Any]]:
        return [*_navigation(), *_tabs_of_a_run()]


def _navigation() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "href": f"{pages_path()}/{page}",
            "destination": "nav",
            "nav_top_level": name == "Brief",  # the others stand in the menu "Plugins"
            "url_route": f"broadsheet-{page}",
            **_icons(path),
        }
        for name, (page, path) in _VIEWS.items()
    ]


def _tabs_of_a_run() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "href": f"{pages_path()}/runs/{{DAG_ID}}/{{RUN_ID}}/{page}",
            "destination": "dag_run",
            "url_route": f"broadsheet-run-{page}",
            **_icons(_VIEWS[name][1]),
        }
        for name, page in _TABS.items()
    ]


def _icons(path: str) -> dict[str, str]:
    drawn = {"icon": "#6b7785", "icon_dark_mode": "#c3cad2"}
    return {
        name: "data:image/svg+xml," + quote(_ICON.format(colour, path))
        for name, colour in drawn.items()
    }
