"""What is not the story: lines that point to other stories, and lines that only sell the paper.

Structure decides. A line is related when all or nearly all of it is a link to another page, or when what
stands outside the link is a prompt ("Read", "Also read:", "À lire aussi"). A sentence that merely holds a
link stays.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.model import Block, Zone
from monitor.sources.plain import folded


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document. `outside` is what is left of `text` without its links to other pages."""

    zone: Zone
    text: str
    outside: str


# What stands around a link to another story, in the languages of the feeds at hand. Folded, without edges.
_PROMPT_LINES = """
read · read more · read also · read next · read on · read here · read the full story · also read
· must read · see also · see more · also see · watch · watch now · watch live · watch more · also watch
· listen · listen now · related · related article · related articles · related story · related stories
· related news · related posts · related content · related coverage · related reading · related links
· related video · related videos · more · more on this · more on this story · more stories · more news
· more coverage · further reading · in case you missed it · you may also like · you might also like
· don't miss · do not miss · recommended · recommended for you · editor's pick · editor's picks
· click here · continue reading · keep reading · find out more · learn more · here · lesen sie auch
· lesen sie mehr · lesen sie hier · lesen sie dazu · lesen sie dazu auch · mehr · mehr dazu · mehr lesen
· mehr zum thema · auch interessant · weiterlesen · siehe auch · zum artikel · zum thema · passend dazu
· lire · lire aussi · à lire · à lire aussi · lire également · lire la suite · voir aussi · à voir aussi
· sur le même sujet · lee también · lea también · lee además · lea además · leer más · ver también
· ver más · te puede interesar · más información · mira también · leia também · leia mais · leia ainda
· veja também · veja mais · saiba mais · leggi · leggi anche · leggi tutto · per approfondire
· guarda anche · lees ook · lees meer · lees verder · zie ook · bekijk ook · les også · les mer · læs også
· læs mere · läs också · läs även · läs mer · se også · lue myös · czytaj też · czytaj także
· czytaj również · czytaj więcej · zobacz też · zobacz także · zobacz również · čtěte také · čtěte více
· citește și · vezi și · читайте · читайте также · читайте ещё · читайте подробнее · читать также
· читать далее · смотрите также · по теме · читайте також · още по темата · вижте още · διαβάστε
· διαβάστε επίσης · διαβάστε ακόμη · διαβάστε ακόμα · ayrıca okuyun · ilgili haber · ilgili haberler
· baca juga · lihat juga · اقرأ أيضا · اقرأ أيضًا · اقرأ المزيد · شاهد أيضا · شاهد أيضًا · بیشتر بخوانید
· קראו גם · קראו עוד · 相关阅读 · 延伸阅读 · 関連記事 · あわせて読みたい · 관련 기사
"""
_PROMPTS = frozenset(folded(prompt) for line in _PROMPT_LINES.splitlines() for prompt in line.split("·"))

# Without a link a label needs its colon, and the line to be short: "RELATED: Five killed in Basra".
_LABELLED = re.compile(
    r"(?:related|read (?:more|also|next)|also read|see also|les også|lesen sie auch|(?:à )?lire aussi"
    r"|le[ea] también|leia também|leggi anche|lees ook|читайте также|baca juga|اقرأ أيض(?:ا|ًا))\s?[:：]",
    re.IGNORECASE,
)
# A related line whose link was lost on the way, as syndicated copies have it: "Read  French president Macron
# accuses …", a prompt, a headline, no full stop. On 513 real pages it takes no line of an article.
_LOST_LINK = re.compile(
    r"(?:Also )?[Rr]ead(?: (?:more|also|next))? [A-Z“‘\"'].{20,}[^.!?…:;,”’\"')]", re.DOTALL
)
# A few words before a link name its kind: "OPINION:", "Video |"; in a list they need no colon.
_LABEL = re.compile(r"(?:\S+\s){0,3}\S+\s?[:：|»>–—?!]")
_LIST_LABEL = re.compile(r"(?:\S+\s){0,3}\S+")
# The foot that WordPress puts under feed entries names the site: a rule on Iraq would fire on "Iraqi News".
_FOOT = re.compile(r"The post .{0,1000} (?:appeared first on|first appeared on) .{1,200}", re.DOTALL)

_EDGES = " \t-–—•·*>»›|/+:：.,;!?…()[]\"'“”‘’„«»→►▶"  # frames of a link: bullets, quotes, its full stop
_SHORT = 200  # characters: a labelled line without a link is a headline, not a paragraph
_NEARLY_ALL = 0.15  # of a line may stand outside its links: a date, a source, a counter


def blocks(lines: Iterable[Line]) -> tuple[Block, ...]:
    return tuple(Block(zone_of(line), line.text) for line in lines)


def zone_of(line: Line) -> Zone:
    """The zone of a line: its own, or RELATED or BOILERPLATE when it is not the story."""
    if _FOOT.fullmatch(line.text):
        return Zone.BOILERPLATE
    return Zone.RELATED if _points_elsewhere(line) else line.zone


def _points_elsewhere(line: Line) -> bool:
    if line.outside == line.text:
        lost = line.zone is Zone.BODY and _LOST_LINK.fullmatch(line.text)
        return len(line.text) <= _SHORT and bool(lost or _LABELLED.match(line.text))
    outside = folded(line.outside.strip(_EDGES))
    if len(outside) <= _NEARLY_ALL * len(line.text) or outside in _PROMPTS:
        return True
    label = _LIST_LABEL if line.zone is Zone.LIST else _LABEL
    return line.text.startswith(line.outside) and bool(label.fullmatch(line.outside))
