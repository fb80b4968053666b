"""What is not the story: lines that point to other stories, and lines that only sell the paper.

Structure decides. A line is related when all or nearly all of it is a link to another page, when what stands
outside the link is a prompt ("Read", "Also read:", "À lire aussi"), or when it only leads to such lines, as a
heading does that has nothing else below it. A sentence that merely holds a link stays.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.model import Block, Zone
from monitor.sources.plain import folded


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document. `outside` is what is left of `text` without its links to other pages."""

    zone: Zone
    text: str
    outside: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers by which lines are told apart.

    None is fitted to the pages it is judged by: tests/quality chooses them anew on each half of the
    publishers, judges that choice on the other half, and holds these here to what it finds.
    """

    nearly_all: float = 0.15  # of a line; outside its links may stand a date, a source, a counter
    short: int = 200  # characters: a labelled line without a link is a headline, not a paragraph
    announced: int = 100  # characters of a line that announces others
    card: int = 600  # characters: a teaser with its picture's words; one in four hundred is longer
    share: float = 0.25  # of the article's letters: a box that holds more is the article, or part of it


LIMITS = Limits()

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
# Marks that point at another story: they stand before the line, with a space, and close no quotation.
_POINTER = re.compile(r"(?:>{1,2}|»|►|▶|▸|→|➡|➜|➤|👉)\ufe0f?\s*(?=[^\s>»])(?!.*«)", re.DOTALL)
# The same behind a mark: "> Nasdaq opens lower".
_POINTED = re.compile(_POINTER.pattern + r".*[^.!?…:;,”’\"')]", re.DOTALL)
# A few words before a link name its kind: "OPINION:", "Video |"; in a list they need no colon.
_LABEL = re.compile(r"(?:\S+\s){0,3}\S+\s?[:：|»>–—?!]")
_LIST_LABEL = re.compile(r"(?:\S+\s){0,3}\S+")
# The foot that WordPress puts under feed entries names the site: a rule on Iraq would fire on "Iraqi News".
_FOOT = re.compile(r"The post .{0,1000} (?:appeared first on|first appeared on) .{1,200}", re.DOTALL)

_EDGES = " \t-–—•·*>»›|/+:：.,;!?…()[]\"'“”‘’„«»→►▶"  # frames of a link: bullets, quotes, its full stop
_NO_LETTER = re.compile(r"[\W_]+")
_COLON = re.compile(r"[:：]\s*$")
_CLICK = re.compile(
    r"(?:click|tap|klicken sie|cliquez|haz clic|haga clic|clique|clicca|klik) ", re.IGNORECASE
)


def blocks(lines: Iterable[Line], title: str = "", limits: Limits = LIMITS) -> tuple[Block, ...]:
    """The lines with their zones; one that says the headline again is no part of the text below it."""
    kept = list(lines)
    named = _letters(title)
    zones = [Zone.TITLE if _says(line, named) else zone_of(line, limits) for line in kept]
    _mark_leading(kept, zones, limits.announced)
    return tuple(Block(zone, line.text) for zone, line in zip(zones, kept, strict=True))


def _says(line: Line, title: str) -> bool:
    """Letters only: a page sets in its headline the quotes that it leaves straight for machines."""
    return bool(title) and len(line.text) < 3 * len(title) and _letters(line.text) == title


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", folded(text))


def _mark_leading(lines: Sequence[Line], zones: list[Zone], announced: int) -> None:
    """Headings with nothing but related lines below them, and lines that announce such: "Our series:"."""
    related_below = False
    for place in reversed(range(len(lines))):
        is_heading = lines[place].zone is Zone.HEADING
        if related_below and (zones[place] is Zone.HEADING or _announces(lines[place], announced)):
            zones[place] = Zone.RELATED
        related_below = zones[place] is Zone.RELATED and (related_below or not is_heading)


def _announces(line: Line, longest: int) -> bool:
    return line.zone is Zone.BODY and len(line.text) <= longest and bool(_COLON.search(line.text))


def zone_of(line: Line, limits: Limits = LIMITS) -> Zone:
    """The zone of a line: its own, or RELATED or BOILERPLATE when it is not the story."""
    if _FOOT.fullmatch(line.text):
        return Zone.BOILERPLATE
    return Zone.RELATED if _points_elsewhere(line, limits) else line.zone


def _points_elsewhere(line: Line, limits: Limits) -> bool:
    if line.outside == line.text:
        lost = line.zone is Zone.BODY and (_LOST_LINK.fullmatch(line.text) or _POINTED.fullmatch(line.text))
        return len(line.text) <= limits.short and bool(lost or _LABELLED.match(line.text))
    if len(line.text) <= limits.short and (_POINTER.match(line.text) or _CLICK.match(line.text)):
        return True
    outside = folded(line.outside.strip(_EDGES))
    if len(outside) <= limits.nearly_all * len(line.text) or outside in _PROMPTS:
        return True
    label = _LIST_LABEL if line.zone is Zone.LIST else _LABEL
    return line.text.startswith(line.outside) and bool(label.fullmatch(line.outside))
