"""What Broadsheet adds to Airflow's UI; Airflow loads `broadsheet_ui.py` from this folder."""
