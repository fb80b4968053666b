"""What counts as a change of an article that was told, and what does not."""

import pytest

from monitor.alerts.amended import amendments, is_worth_judging
from monitor.model import Amendment, AmendmentKind, Article, Block, Excerpt, Found, Source, Zone

STRIKE = "A missile struck the harbour of Basra on Sunday, killing four people."
CALM = "The port authority said that ships were leaving as planned."
MORE = "Schools in the city stay closed until Wednesday, the governor said."
TOLD = (Found("missile", "missile", (), (Excerpt(STRIKE),)),)


def article(*lines: str, headline: str = "Missile hits Basra", zone: Zone = Zone.BODY, **other) -> Article:
    return Article(
        "Missile hits Basra", tuple(Block(zone, line) for line in lines), headline=headline, **other
    )


BEFORE = article(STRIKE, CALM, MORE)


def kinds(after: Article, before: Article = BEFORE) -> list[AmendmentKind]:
    return [one.kind for one in amendments(before, after, TOLD)]


def test_a_page_that_says_the_same_has_no_change() -> None:
    assert not amendments(BEFORE, BEFORE, TOLD)
    assert not is_worth_judging(BEFORE, BEFORE)


def test_a_changed_headline_is_told_with_both_wordings() -> None:
    (one,) = amendments(BEFORE, article(STRIKE, CALM, MORE, headline="Blast in Basra port"), TOLD)
    assert one == Amendment(AmendmentKind.HEADLINE, "Missile hits Basra", "Blast in Basra port")


@pytest.mark.parametrize("same", ["MISSILE HITS BASRA", "Missile hits Basra!", "“Missile” hits — Basra", ""])
def test_other_quotes_dashes_and_case_are_no_other_headline(same: str) -> None:
    assert not amendments(BEFORE, article(STRIKE, CALM, MORE, headline=same), TOLD)


def test_a_matching_sentence_is_told_with_the_one_in_its_place() -> None:
    new = "A missile struck the harbour of Basra on Sunday, killing seven people."
    (one,) = amendments(BEFORE, article(new, CALM, MORE), TOLD)
    assert one == Amendment(AmendmentKind.SENTENCE, STRIKE, new)


def test_a_matching_sentence_that_is_gone_is_told_as_gone() -> None:
    other = "The cause of the fire is not known, and an inquiry has begun in the capital."
    (one,) = amendments(BEFORE, article(other, CALM, MORE), TOLD)
    assert one == Amendment(AmendmentKind.SENTENCE, STRIKE, "")


def test_what_did_not_match_may_change_untold() -> None:
    assert not amendments(
        BEFORE, article(STRIKE, "Ships wait outside the port for now, it said.", MORE), TOLD
    )


def test_an_excerpt_that_was_cut_is_found_again() -> None:
    cut = (Found("missile", "missile", (), (Excerpt("…struck the harbour of Basra on Sunday…"),)),)
    assert not amendments(BEFORE, article(MORE, STRIKE, CALM), cut)


@pytest.mark.parametrize(
    "line",
    [
        "Correction: an earlier version gave a wrong number of dead.",
        "This article was amended on 23 November to correct the name of the port.",
        "Korrektur: In einer früheren Version stand eine falsche Zahl.",
        "Rectificatif : le port de Bassora n'a pas été fermé.",
        "Corrección: el número de muertos era erróneo.",
        "Исправление: число погибших указано неверно.",
        "تصحيح: ورد عدد القتلى خطأ في نسخة سابقة.",
        "תיקון: מספר ההרוגים שגוי.",
        "【訂正】死者数に誤りがありました。",
    ],
)
def test_a_new_line_that_owns_up_to_an_error_is_a_correction(line: str) -> None:
    assert amendments(BEFORE, article(line, STRIKE, CALM, MORE), TOLD) == (
        Amendment(AmendmentKind.CORRECTION, "", line),
    )


def test_a_correction_that_stood_there_before_is_not_told_again() -> None:
    before = article("Correction: it was Sunday.", STRIKE, CALM)
    assert not kinds(article("Correction: it was Sunday.", STRIKE, CALM, MORE), before)


def test_a_correction_in_a_box_of_other_stories_is_not_this_ones() -> None:
    after = Article(
        BEFORE.title,
        (*BEFORE.blocks, Block(Zone.RELATED, "Correction: another story")),
        headline=BEFORE.headline,
    )
    assert not kinds(after)


@pytest.mark.parametrize(
    "after",
    [
        article("Subscribe to read on.", note="the first lines before a paywall"),
        article("What the feed says.", source=Source.FEED),
        article(),
    ],
    ids=["teaser", "feed", "nothing"],
)
def test_less_than_the_article_takes_nothing_back(after: Article) -> None:
    assert not amendments(BEFORE, after, TOLD)
    assert not is_worth_judging(BEFORE, after)


def test_a_page_that_lost_half_of_its_words_takes_nothing_back() -> None:
    assert not is_worth_judging(BEFORE, article("A missile struck."))


def test_a_body_that_came_late_is_judged_but_is_no_change() -> None:
    before = article("What the feed says.", source=Source.FEED)
    assert is_worth_judging(before, BEFORE)
    assert not amendments(before, BEFORE, TOLD)
