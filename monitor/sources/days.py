"""Days as people write them: "12. Mai 2023", "2023年5月12日", "12 مايو 2023". Pure.

Read as strictly as dates.py reads the standards: day, month and year must stand there, and "03/04/2023" is a
day only where the language says which of both is the month.
"""

import re
from datetime import UTC, datetime
from operator import itemgetter

from monitor.sources.dates import OLDEST

# A month a line, whole and as it is cut, in the cases that go with a day. "_" joins what are two words.
_MONTHS = """
january jan janv januar jänner janvier enero ene janeiro gennaio gen januari januara tammikuuta stycznia sty
 ledna ianuarie января янв січня януари ιανουαρίου ιαν ocak يناير جانفي كانون_الثاني ژانویه ינואר január
february feb févr fév februar février febrero fevereiro fev febbraio februari helmikuuta lutego lut února
 februarie февраля фев лютого февруари φεβρουαρίου φεβ şubat فبراير فيفري شباط فوریه פברואר február
march mar märz mrz mars marzo março maart marts mac maaliskuuta marca března martie марта мар березня март
 μαρτίου μαρ mart maret مارس آذار مارچ מרץ március
april apr avril avr abril abr aprile huhtikuuta kwietnia kwi dubna aprilie апреля апр квітня април απριλίου
 απρ nisan أبريل ابريل إبريل أفريل نيسان آوریل אפריל április
may mai mayo maio maggio mag mei maj toukokuuta maja května мая травня май μαΐου μαϊ mayıs مايو ماي أيار ایار
 مه מאי május
june jun juni juin junio junho giugno giu kesäkuuta czerwca cze června iunie июня июн червня юни ιουνίου ιουν
 haziran يونيو جوان حزيران ژوئن יוני június
july jul juli juillet juil julio julho luglio lug heinäkuuta lipca lip července iulie июля июл липня юли
 ιουλίου ιουλ temmuz يوليو جويلية تموز ژوئیه יולי július
august aug août agosto ago augustus augusti elokuuta sierpnia sie srpna августа авг серпня август αυγούστου
 αυγ ağustos agustus أغسطس اغسطس أوت آب اوت אוגוסט augusztus
september sep sept septembre septiembre setiembre setembro settembre syyskuuta września wrz září septembrie
 сентября сен вересня септември σεπτεμβρίου σεπ eylül سبتمبر أيلول سپتامبر ספטמבר szeptember
october oct oktober okt octobre octubre outubro ottobre ott lokakuuta października paź října octombrie
 октября окт жовтня октомври οκτωβρίου οκτ ekim أكتوبر اكتوبر تشرين_الأول اکتبر אוקטובר október
november nov novembre noviembre novembro marraskuuta listopada lis listopadu noiembrie ноября ноя листопада
 ноември νοεμβρίου νοε kasım نوفمبر تشرين_الثاني نوامبر נובמבר
december dezember dec dez décembre déc diciembre dic dezembro dicembre desember des joulukuuta grudnia gru
 prosince decembrie декабря дек грудня декември δεκεμβρίου δεκ aralık ديسمبر كانون_الأول دسامبر דצמבר
"""
_MONTH = {
    name: month
    for month, names in enumerate(re.split(r"\n(?! )", _MONTHS.strip()), 1)
    for name in names.split()
}
_LEVANT = re.compile(r"(كانون|تشرين)\s+(الأول|الثاني)")

# Each names the groups y, m, d, or a, b where it must be told which of them is the month.
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})\s?[-/.年년]\s?(?P<m>\d{1,2})\s?[-/.月월]\s?(?P<d>\d{1,2})(?!\d)",
        r"(?<![\d.])(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|ª|-го)?\.?[\s-]\s?(?:de |of |ב-?)?"
        r"(?P<m>[^\W\d_]{2,12}(?:_[^\W\d_]{4,6})?)\.?[,\s-]\s?(?:del? )?(?P<y>\d{4})(?!\d)",
        r"(?<!\w)(?P<m>[^\W\d_]{3,9})\.?\s(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<y>\d{4})(?!\d)",
        r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})(?!\.?\d)",
        r"(?<![\d/-])(?P<a>\d{1,2})(?P<s>[/-])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4})(?![\d/-])",
    )
)
_MONTH_FIRST = frozenset({"en-us", "en-ca", "en-ph"})  # where 03/04 is the fourth of March


def day_in(text: str, language: str = "") -> datetime | None:
    """The first day that a text names, at noon UTC. `language`: its tag, "en-US"; empty: not known."""
    text = _LEVANT.sub(r"\1_\2", " ".join(text.lower().split()))
    found = ((match.start(), match) for pattern in _PATTERNS for match in pattern.finditer(text))
    days = (_day(match, language) for _, match in sorted(found, key=itemgetter(0)))
    return next(filter(None, days), None)


def _day(found: re.Match[str], language: str) -> datetime | None:
    named = found.groupdict()
    if "a" in named:
        month, day = _told_apart(int(named["a"]), int(named["b"]), language)
    else:
        month, day = _month(named["m"]), int(named["d"])
    year = int(named["y"]) if len(named["y"]) == 4 else 2000 + int(named["y"])
    try:
        noon = datetime(year, month, day, 12, tzinfo=UTC)
    except ValueError:
        return None
    return noon if noon >= OLDEST else None


def _month(name: str) -> int:
    return int(name) if name.isdecimal() else _MONTH.get(name, 0)


def _told_apart(first: int, second: int, language: str) -> tuple[int, int]:
    """Month and day; no month where nobody can tell: English is written both ways."""
    language = language.lower().replace("_", "-")
    if first > 12 or first == second:
        return second, first
    if second > 12 or language in _MONTH_FIRST:
        return first, second
    return (0, 0) if language in ("", "en") else (second, first)
