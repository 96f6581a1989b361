"""A run of Airflow by its id in file names, below `work/`, `quality/` and in publications."""

from core.plan import safe_run_id

NEWS = "daily_news"
REPROCESS = "reprocess"
PUBLISHING = (NEWS, REPROCESS)
"""The DAGs whose runs publish."""


def file_id(dag_id: str, dag_run_id: str) -> str:
    """The id in file names of a DAG's run; a replay's says that it is one."""
    own = safe_run_id(dag_run_id)
    return f"replay-{own}" if dag_id == REPROCESS else own
