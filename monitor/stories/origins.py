"""Whose text an article is: its newsroom's, an agency's, or that of the article it copies."""

import re
from collections.abc import Iterable

# News agencies, as a dateline or a byline names them; the first of a name's spellings stands for all.
_AGENCIES = """
Reuters Рейтер رويترز 路透社 רויטרס
AFP Agence-France-Presse АФП أ.ف.ب 法新社
AP Associated-Press أ.ب
dpa DPA د.ب.أ
EFE
ANSA
APA
Xinhua 新华社 شينخوا Синьхуа
TASS ТАСС تاس
Interfax Интерфакс
RIA РИА
Anadolu AA الأناضول
Kyodo
Yonhap
PTI
ANI
IANS
Europa-Press
Bloomberg
"""
_NAMES = {
    spelling.replace("-", " "): names.split()[0]
    for names in _AGENCIES.split("\n")
    for spelling in names.split()
}
# (Reuters), [AFP], "- AP -", "LONDON, Reuters -": where a credit stands, not the name in a sentence.
_NAME = "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
_CREDIT = re.compile(
    rf"[(\[]\s*(?P<in>{_NAME})\s*(?:/[^)\]]{{1,20}})?[)\]]"
    rf"|^(?P<by>{_NAME})\s*(?:[-–—:/|]|$)"
    rf"|[-–—/.,]\s*(?P<after>{_NAME})\s*(?:[-–—/.]|$)",
    re.MULTILINE,
)
_DATELINE = 160  # characters of a text in which it gives its source; its last line is looked at, too


def credit_of(author: str, text: str) -> str:
    """The agency that an article names as its source; empty: none."""
    ends = (author, text[:_DATELINE], text.rstrip().rpartition("\n")[2][-_DATELINE:])
    return next((agency for end in ends if (agency := _agency(end))), "")


def _agency(text: str) -> str:
    found = _CREDIT.search(text)
    return _NAMES[next(filter(None, found.groups()))] if found else ""


def independent(origins: Iterable[str]) -> int:
    """How many newsrooms tell a story by themselves: copies and an agency's subscribers count as one."""
    return len(set(origins))
