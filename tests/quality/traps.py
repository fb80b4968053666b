"""Pages in the habits of real sites, made of short stories in six languages: what is put between the lines of
an article, and what of an article looks like it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml

from tests.quality.corpora import HERE
from tests.quality.pages import Page

Story = Mapping[str, Any]
SITE = "https://news.example"
URL = f"{SITE}/2026/11/town-story"
_LINKED = re.compile(r"\{(.*?)\}")
TAG = r"\1"

STORIES: Mapping[str, Story] = yaml.safe_load((HERE / "traps.yaml").read_text(encoding="utf-8"))


def link(text: str, place: str = "/2026/11/another-story") -> str:
    return f'<a href="{place}">{text}</a>'


def links(story: Story) -> list[str]:
    return [link(text, f"/2026/11/other-{number}") for number, text in enumerate(story["other"])]


# --- what sites put between the lines: markup in the middle of the text, and at its end ---------------------

Trap = tuple[str, str]


def prompt(story: Story) -> Trap:
    first, second, _ = links(story)
    one, two, _ = story["prompts"]
    return f"<p><strong>{one}:</strong> {first}</p>", f"<p>{two}: <em>{second}</em></p>"


def bare(story: Story) -> Trap:
    first, second, third = links(story)
    return f"<p>{first}</p>", f"<p><strong>{second}</strong></p><div>{third}</div>"


def listed(story: Story) -> Trap:
    return f"<h3>{story['more']}</h3>{unordered(links(story))}", ""


def aside(story: Story) -> Trap:
    inside = f"<h4>{story['other'][0]}</h4><p>{story['teaser']}</p>"
    return f'<aside class="box">{inside}</aside>', f'<div class="c-related c-box">{inside}</div>'


def card(story: Story) -> Trap:
    inside = f'<img src="/i.jpg" alt=""><h3>{story["other"][0]}</h3><p>{story["teaser"]}</p>'
    return f'<div class="x1"><a href="/2026/11/other-0">{inside}</a></div>', ""


def cards(story: Story) -> Trap:
    each = "".join(f"<article><h3>{one}</h3><p>{story['teaser']}</p></article>" for one in links(story))
    return "", f"<section><h2>{story['popular']}</h2>{each}</section>"


def pointed(story: Story) -> Trap:
    first, second, _ = links(story)
    return f"<p>&gt;&gt; {first}</p>", f"<p>► {story['other'][1]}</p><p>» {second}</p>"


def broken(story: Story) -> Trap:
    first, _, third = links(story)
    return f"<p>{first}<br>{story['prompts'][0]}: {third}</p>", ""


def announced(story: Story) -> Trap:
    return f"<p>{story['series']}:</p>{unordered(links(story))}", ""


def tabled(story: Story) -> Trap:
    rows = "".join(f"<tr><td>{one}</td></tr>" for one in links(story))
    return f"<table>{rows}</table>", ""


def signed(story: Story) -> Trap:
    box = f'<a href="/newsletter" class="x9"><p>{story["signup"]}</p></a>'
    return f'<div class="x7">{box}</div>', f"<p>{link(story['signup'], '/newsletter')}</p>"


def captioned(story: Story) -> Trap:
    picture = f"<figure><img src='/i.jpg'><figcaption>{story['other'][1]}</figcaption></figure>"
    return picture, f"<figure><img src='/i.jpg'><figcaption>{link(story['other'][2])}</figcaption></figure>"


HABITS: Sequence[Callable[[Story], Trap]] = (
    *(prompt, bare, listed, aside, card, cards, pointed, broken, announced, tabled, signed, captioned),
)


# --- the pages ---------------------------------------------------------------------------------------------


def pages() -> list[Page]:
    return [page(language, habit) for language in STORIES for habit in HABITS]


def page(language: str, habit: Callable[[Story], Trap]) -> Page:
    story = STORIES[language]
    middle, end = habit(story)
    lead = habit in HABITS[::2]  # on every second page the standfirst stands apart from the text
    told = [*([story["lead"]] if lead else []), *map(unlinked, told_in(story))]
    bait = [*story["other"], story["teaser"], story["signup"], story["series"]]
    shown = f"{middle}{end}"
    return Page(
        name=f"{language} {habit.__name__}",
        url=URL,
        body=markup(language, story, middle, end, lead=lead).encode(),
        text="\n".join(told),
        related=tuple(line for line in bait if line in shown),
        day="2026-11-20",
    )


def told_in(story: Story) -> list[str]:
    *text, last = story["text"]
    return [*text[:2], story["subhead"], *text[2:], *story["facts"], last]


def markup(language: str, story: Story, middle: str, end: str, *, lead: bool) -> str:
    text = [f"<p>{_LINKED.sub(link(TAG, '/tag/x'), line)}</p>" for line in story["text"]]
    body = [*text[:2], f"<h2>{story['subhead']}</h2>", text[2], middle, text[3], f"{text[4][:-4]}:</p>"]
    body += [unordered(story["facts"]), text[5], end]
    first = f'<div class="top"><p>{story["lead"]}</p></div>' if lead else ""
    about = f'<meta name="description" content="{story["lead"]}">' if lead else ""
    data = '{"@context":"https://schema.org","@type":"NewsArticle","datePublished":"2026-11-20T08:30:00Z"}'
    menu = f"<nav>{unordered([link(story['popular'], '/top'), link(story['more'], '/more')])}</nav>"
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><title>{story["title"]} | News</title>{about}'
        f'<script type="application/ld+json">{data}</script></head><body>{menu}<main><header>'
        f"<h1>{story['title']}</h1>{first}</header><article>{''.join(body)}</article></main>"
        f"<footer><p>© News 2026</p></footer></body></html>"
    )


def unordered(entries: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{entry}</li>" for entry in entries) + "</ul>"


def unlinked(text: str) -> str:
    return _LINKED.sub(r"\1", text)
