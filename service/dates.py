"""Dates as people read them: '30 november 2026' in words, 09-11-2026 in tables."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from schemas.messages import sentence

LOCAL_ZONE = ZoneInfo("Europe/Amsterdam")
"""The clock on the wall of the people these pages are for."""


def local_day(value: date | datetime) -> date:
    """The calendar day of a moment, as it is in the Netherlands."""
    return value.astimezone(LOCAL_ZONE).date() if isinstance(value, datetime) else value


def in_words(value: date | datetime, language: str) -> str:
    """A day in words: '9 november 2026', '9 November 2026'."""
    day = local_day(value)
    return f"{day.day} {sentence(f'month.{day.month}', language)} {day.year}"


def in_figures(value: date | datetime) -> str:
    """A day for tables: '09-11-2026'."""
    return f"{local_day(value):%d-%m-%Y}"


def with_time(value: datetime, language: str) -> str:
    """A moment in words: '9 november 2026 om 14:05'."""
    day, hour = in_words(value, language), f"{value.astimezone(LOCAL_ZONE):%H:%M}"
    return sentence("date.with_time", language, day=day, hour=hour)
