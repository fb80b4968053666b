"""L02, L10 and L11: what matches too much, and what matches nothing."""

from collections.abc import Iterator, Mapping

from rules.document import Document, Match
from rules.lint.desk import Desk
from rules.lint.finding import Finding, Level, Sample
from rules.text.common import grammar
from rules.text.forms import Way

_MANY = 200  # articles that say something about rates
_OFTEN = 0.05  # of the articles: a rule that finds so many is no alert
_EVERYWHERE = 0.4  # of the articles: a word in so many says nothing
_NAMED = 3  # of the common words that are enough for a rule
_LENGTH = 4  # times the common words: longer than what `words:>300` asks for
# Each in four English articles of ten or more. What is merely common (war, year) is for the archive to tell.
_ENGLISH = """
a after all also an and any are as at be been but by can could for from had has have he her his i if in
into is it its more most no not of on one or other out over said she so than that the their them there
they this to up was we were what when which who will with would you your
"""


def broad(desk: Desk) -> Iterator[Finding]:
    """L02: a rule that an article of nothing but common words would match."""
    told = set()
    for language, words in _common(desk).items():
        body = " ".join(sorted(words)) + "\n"
        for match in desk.ruleset.match(Document("", body * _LENGTH, languages=(language,))):
            if match.rule not in told:
                told.add(match.rule)
                yield _broad(desk, match, body * _LENGTH)


def _broad(desk: Desk, match: Match, body: str) -> Finding:
    rule = desk.rules[match.rule]
    words = dict.fromkeys(body[span.start : span.end] for span in match.spans)
    quoted = " and ".join(f'"{word}"' for word in list(words)[:_NAMED])
    why = (
        f"{quoted} {'are' if len(words) > 1 else 'is'} enough for it" if words else "no word has to be there"
    )
    level = Level.NOTE if rule.broad else Level.WARNING
    hint = "" if rule.broad else "drop the common word, or AND another word to it"
    return desk.finding("L02", level, rule, rule.tree, f"matches nearly every article: {why}", hint)


def often(desk: Desk) -> Iterator[Finding]:
    """L02: a rule that more than 5 % of the stored articles match."""
    if desk.sample is None or desk.sample.articles < _MANY:
        return
    for rule in desk.rules.values():
        share = desk.sample.matched.get(rule.id, 0) / desk.sample.articles
        if share > _OFTEN and not rule.broad:
            message = f"matches {share:.0%} of the last {desk.sample.articles:,} articles"
            yield desk.finding(
                "L02", Level.WARNING, rule, rule.tree, message,
                "AND another word to it, use NEAR/n or title:, or say broad: true if it is meant so",
            )  # fmt: skip


def stop_words(desk: Desk) -> Iterator[Finding]:
    """L10: a word that stands in nearly every article."""
    common = frozenset[str]().union(*_common(desk).values())
    for spoken in desk.spoken:
        if len(spoken.phrase) != 1 or spoken.way not in (Way.FORMS, Way.EXACT):
            continue
        meaning = spoken.phrase[0]
        if meaning.folded in common and meaning.way is not Way.ACRONYM:
            capital = meaning.plain[:1].isupper()
            hint = f"for the name write case:{meaning.plain}" if capital else "drop it, or write a phrase"
            message = f'"{spoken.term.text}" stands in nearly every article, so it decides nothing'
            yield desk.spoken_finding("L10", Level.WARNING, spoken, message, hint)


def _common(desk: Desk) -> Mapping[str, frozenset[str]]:
    """By language, the words that decide nothing; those of the archive stand with the first language."""
    english = frozenset(_ENGLISH.split())
    common = {language: english if language == "en" else grammar(language) for language in desk.languages}
    first = next(iter(desk.languages), "en")
    return common | {first: common.get(first, frozenset()) | _frequent(desk.sample)}


def _frequent(sample: Sample | None) -> frozenset[str]:
    if sample is None or sample.articles < _MANY:
        return frozenset()
    return frozenset(word for word, count in sample.words.items() if count > _EVERYWHERE * sample.articles)


def rates(desk: Desk) -> Iterator[Finding]:
    """L11: how often each rule matched lately; first, together, those that never did, then the busiest."""
    sample = desk.sample
    if sample is None or not sample.articles:
        return
    silent = [id for id in desk.rules if not sample.matched.get(id, 0)]
    if silent:
        rule = desk.rules[silent[0]]
        yield desk.finding("L11", Level.NOTE, rule, rule.tree, _rate(0, sample), also=silent)
    for id, count in sorted(sample.matched.items(), key=lambda pair: -pair[1]):
        rule = desk.rules[id]
        yield desk.finding("L11", Level.NOTE, rule, rule.tree, _rate(count, sample))


def _rate(count: int, sample: Sample) -> str:
    """`0 matches in 30 days`, `412 a day`, `3 matches in 30 days`."""
    a_day = count / max(sample.days, 1)
    if a_day >= 1:
        return f"{a_day:,.0f} a day, {count / sample.articles:.1%} of the articles"
    matches = "1 match" if count == 1 else f"{count} matches"
    return f"{matches} in {sample.articles:,} articles of {_days(sample.days)}"


def _days(days: float) -> str:
    whole = max(1, round(days))
    return "the last day" if whole == 1 else f"the last {whole} days"
