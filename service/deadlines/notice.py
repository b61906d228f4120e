"""Reading the State Council's notice of a year's days off: festivals, and weekend days that are worked instead."""

import re
from collections.abc import Iterator
from datetime import date

ITEM = re.compile(
    r"[一二三四五六七八九十]+、\s*(?P<name>[^：:\s]{2,12})\s*[：:](?P<text>.*?)(?=[一二三四五六七八九十]+、|\Z)", re.S
)
# What stands in brackets are weekdays and days of the lunar calendar.
ASIDE = re.compile(r"[（(][^）)]*[）)]")
DAY = re.compile(r"(?:(\d{4})\s*年)?\s*(?:(\d{1,2})\s*月)?\s*(\d{1,2})\s*日")
OFF, WORKED = "放假", "上班"
Festival = tuple[str, date, date]


def read(text: str, year: int) -> tuple[list[Festival], list[date]]:
    """Each festival with its first and last day off, and the weekend days that are worked.

    What is no date of a year is left out, so that whoever pasted the text sees that it is missing.
    """
    rest, worked = list[Festival](), list[date]()
    for item in ITEM.finditer(ASIDE.sub("", text)):
        for sentence in re.split("[。；;]", item["text"]):
            days = list(_dates(sentence, year))
            if WORKED in sentence:
                worked += days
            elif OFF in sentence and days:
                rest.append((item["name"], days[0], days[-1]))
    return rest, sorted(set(worked))


def _dates(sentence: str, year: int) -> Iterator[date]:
    """The dates of a sentence; a year or month that is not said again is the one before."""
    month = 0
    for said_year, said_month, day in DAY.findall(sentence):
        year, month = int(said_year or year), int(said_month or month)
        try:
            yield date(year, month, int(day))
        except ValueError:
            continue
