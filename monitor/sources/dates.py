"""Dates as feeds and pages write them, read strictly: a date is right or it is None.

A library that guesses is worse than none here: feedparser 6.0.14 reads "2016/6/29 15:07" as 1 November,
"2026-13-45" as New Year 2027, an epoch number as the year 1479, and takes India's IST for UTC. Nothing is
decided by a date, it is only shown: a missing one costs little, a wrong one is a lie.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone

# The web is no older; 1479 and 1970 are mistakes. Of 1,855 entries of real feeds 223 are more than ten years
# old, all rightly dated: without their dates a first look would list them as the newest.
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
NEWEST = timedelta(days=1)  # clocks and zones go wrong by hours; 2099 is a mistake

# RFC 822 (with four-digit years, RFC 2822). The name of the day is not checked: it comes in every language.
_RFC822 = re.compile(
    r"(?:[^\W\d_]+[.,\s]+)?(?P<day>\d{1,2})\.?[\s-]+(?P<month>[A-Za-z]{3,9})\.?[\s-]+(?P<year>\d{4}|\d{2}),?\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.\d+)?)?\s*(?P<zone>[A-Za-z]+|(?:GMT|UTC)?[+-][\d:]+)"
    r"(?:\s*\([^()]*\))?"
)
# ISO 8601 in W3C's profile, and its basic form. A zone behind a space has lost its plus in somebody's query.
_ISO8601 = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})[Tt\s]+(?P<hour>\d{2}):?(?P<minute>\d{2})"
    r"(?::?(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<zone>[A-Za-z]{1,5}|[+-][\d:]+|(?<=:\d\d:\d\d )\d\d:\d\d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = re.compile(
    r"jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?"
)

# Hours from UTC. Names that mean two places (IST: India, Ireland, Israel) are left out.
_ZONE_NAMES = {
    -10: "hst", -9: "akst", -8: "pst akdt", -7: "mst pdt", -6: "cst mdt", -5: "est cdt", -4: "ast edt",
    -3.5: "nst", -3: "adt brt", -2.5: "ndt", 0: "z ut utc gmt wet", 1: "cet met bst west",
    2: "eet cest mest sast", 3: "msk eest trt eat", 3.5: "irst", 5: "pkt", 7: "ict wib",
    8: "hkt sgt myt awst", 9: "jst kst", 9.5: "acst", 10: "aest", 10.5: "acdt", 11: "aedt",
    12: "nzst", 13: "nzdt",
}  # fmt: skip
_ZONES = {name: timedelta(hours=hours) for hours, names in _ZONE_NAMES.items() for name in names.split()}
_OFFSET = re.compile(r"(?:GMT|UTC)?(?P<sign>[+-]?)(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?")
_WIDEST = timedelta(hours=14)  # Kiribati
_LONGEST = 80  # characters: no date is longer, and nothing longer is worth a search


def parse_date(text: str) -> datetime | None:
    """RFC 822 or ISO 8601 with a time and a zone, as UTC. None: anything else, half dates included."""
    text = text.strip()[:_LONGEST]
    found = _RFC822.fullmatch(text) or _ISO8601.fullmatch(text)
    if not found:
        return None
    month, zone = _month(found["month"]), _zone(found["zone"])
    if month is None or zone is None:
        return None
    try:
        day = date(_year(found["year"]), month, int(found["day"]))
        seconds = min(int(found["second"] or 0), 59)  # 60: a leap second
        return datetime.combine(
            day, time(int(found["hour"]), int(found["minute"]), seconds, tzinfo=zone)
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_COARSE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d):(\d\d))?)?)?(?!\d)")


def latest_moment(text: str) -> datetime | None:
    """The last moment a date may mean: of the day, month or year it names; without a zone, in UTC.

    Good for order, and for telling the old from the new; never shown.
    """
    exact, found = parse_date(text), _COARSE.match(text.strip())
    if exact or not found:
        return exact
    year, month = int(found[1]), int(found[2] or 12)
    try:
        day = int(found[3] or monthrange(year, month)[1])
        end = time(int(found[4]), int(found[5])) if found[4] else time(23, 59, 59)
        return datetime.combine(date(year, month, day), end, tzinfo=UTC)
    except ValueError:  # IllegalMonthError is one
        return None


_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:$|[Tt ])")


def noon_of(text: str) -> datetime | None:
    """The noon in UTC of the day that a date without a zone names: half a day from when it was, anywhere."""
    found = _DAY.match(text.strip())
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
    return datetime.combine(day, time(12), tzinfo=UTC) if day else None


def believable(moment: datetime | None, now: datetime) -> datetime | None:
    """The moment, unless it is too far from now to be when somebody published something."""
    return moment if moment and OLDEST <= moment <= now + NEWEST else None


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 50 else 1900)  # RFC 2822, 4.3


def _month(text: str) -> int | None:
    name = text.lower()
    if name.isdigit():
        return int(name)
    return _MONTHS.index(name[:3]) + 1 if _MONTH_NAME.fullmatch(name) else None


def _zone(text: str) -> timezone | None:
    if text.lower() in _ZONES:
        return timezone(_ZONES[text.lower()])
    offset = _OFFSET.fullmatch(text)
    if not offset:
        return None
    span = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
    return timezone(-span if offset["sign"] == "-" else span) if span <= _WIDEST else None
