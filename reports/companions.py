"""What lies beside a brief for those who do not open a page: its mail, its text, its table.

The index of all editions is made anew after them, from the tables.
"""

from core.files import write_bytes
from core.home import Home
from reports.brief_csv import brief_csv
from reports.facts import Facts
from reports.index import write_index
from reports.mail import message
from reports.outline import outline
from reports.plain_text import plain_text


def write_companions(facts: Facts, home: Home) -> None:
    """Write `brief.eml`, `brief.txt` and `brief.csv` beside `brief.html`, and `index.html` above.

    Raises:
        HomeError: a file cannot be written.
    """
    folder, told = home.report(facts.edition), outline(facts)
    write_bytes(folder / "brief.eml", bytes(message(facts, told)))
    write_bytes(folder / "brief.txt", plain_text(told).encode())
    write_bytes(folder / "brief.csv", brief_csv(facts))
    write_index(home)
