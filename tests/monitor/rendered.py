"""Messages of every kind, as outbox rows; golden/*.json hold what Slack is given for each.

python -m tests.monitor.rendered        # writes the golden files anew: read the diff before it is committed
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.alerts.compose import compose
from monitor.model import (
    ActionKind,
    Alert,
    Amendment,
    AmendmentKind,
    Digest,
    Done,
    Excerpt,
    FirstLookAlert,
    Found,
    Listed,
    Living,
    Message,
    Notice,
    Outgoing,
    Telling,
    Template,
)

GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC)
TOLD = AT + timedelta(seconds=31)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def found(rule: str, *sentences: str) -> Found:
    """A rule and its sentences, their bold words *so*."""
    return Found(rule, rule, (), tuple(excerpt(one) for one in sentences))


def excerpt(marked: str) -> Excerpt:
    text, bold = "", []
    for place, piece in enumerate(marked.split("*")):
        if place % 2:
            bold.append((len(text), len(text) + len(piece)))
        text += piece
    return Excerpt(text, tuple(bold))


def alert(headline: str, link: str, source: str, *rules: Found, **more: Any) -> Alert:
    seen = {"seen_at": AT + 29 * SECOND, "published": AT, "language": "en"}
    return Alert(headline, link, source, rules, **{**seen, **more})


MISSILES = found(
    "missile NEAR/15 Iraq",
    "Iran is building *missile* factories in southern *Iraq*, two officials said on Monday.",
    "“These *missiles* reach every base in *Iraq*,” one of them said.",
)
IRAN = alert(
    "Iran builds missile factories in Iraq, officials say",
    "https://www.reuters.com/world/iran-missile-factories-iraq",
    "Reuters",
    MISSILES,
)
CONVOY = alert(
    "Convoy hit near Rutba, 12 guards hurt",
    "https://www.aljazeera.com/news/convoy-rutba",
    "Al Jazeera",
    found("convoy + (attack* OR hit)", "A *convoy* was *hit* by a drone west of Rutba, wounding 12 guards."),
    tags=("gulf",),
)
ROOMS = ("Reuters", "BBC News", "Al Jazeera", "הארץ", "الجزيرة نت", "The Times of Israel", "AFP")
STORY = Living(
    tuple(
        Telling(room, f"https://news{n}.example/iran", AT + 11 * n * MINUTE) for n, room in enumerate(ROOMS)
    ),
    articles=11,
    newsrooms=7,
)
HEBREW = alert(
    "איראן בונה מפעלי טילים בעיראק, אומרים גורמים רשמיים",
    "https://www.haaretz.co.il/news/iran-missiles",
    "הארץ",
    found("טיל + עיראק", "איראן בונה מפעלי *טילים* בדרום *עיראק*, כך אמרו שני גורמים ב-Reuters ביום שני."),
    language="he",
)
CHINESE = alert(
    "伊朗在伊拉克建造导弹工厂🚀,官员称",
    "https://www.zaobao.example/iran",
    "聯合早報",
    found("导弹 + 伊拉克", "两名官员周一表示,伊朗正在*伊拉克*南部建造*导弹*工厂。 👩\u200d🚒 🇮🇶"),
    language="zh",
)
DIGEST = Digest(
    tuple(
        replace(one, seen_at=AT + 29 * SECOND, published=AT - hours * 60 * MINUTE, headline=headline)
        for one, hours, headline in (
            (IRAN, 13, "Iran builds missile factories in Iraq, officials say"),
            (IRAN, 11, "Baghdad denies that missiles are made on its soil"),
            (CONVOY, 9, "Convoy hit near Rutba, 12 guards hurt"),
            (HEBREW, 7, HEBREW.headline),
            (IRAN, 2, "Washington warns Iraq of missiles"),
            (CONVOY, 1, "Second convoy attacked within a day"),
        )
    ),
    AT - 14 * 60 * MINUTE,
    bundle="quiet 2026-11-23",
)
LISTED = tuple(
    Listed(headline, f"https://{host}/1", source, (rule,), AT - hours * 60 * MINUTE, articles, rooms)
    for headline, host, source, rule, hours, articles, rooms in (
        ("Iran builds missile factories in Iraq", "reuters.com", "Reuters", "missile + Iraq", 2, 11, 7),
        ("Tanker seized in the Strait of Hormuz", "bbc.co.uk", "BBC News", '"Strait of *"', 5, 1, 1),
        (HEBREW.headline, "haaretz.co.il", "הארץ", "טיל + עיראק", 26, 2, 1),
    )
)


def amended(*changes: tuple[AmendmentKind, str, str]) -> Living:
    return Living(
        amended=tuple((Amendment(*one), AT + (n + 1) * 40 * MINUTE) for n, one in enumerate(changes))
    )


def row(message: Message, **more: Any) -> Outgoing:
    return Outgoing(1, "4711", "#alerts", message, AT + 30 * SECOND, **more)


URGENT = replace(IRAN, urgent=True, mention=("S0123ABCD9", "U0123ABCD9", "here"))
RULES = (
    MISSILES,
    replace(MISSILES, rule="lead", text="lead:(Iran + factor*)"),
    found("exact:Iran AND officials", "The *officials* asked not to be named; *Iran* has not commented."),
)
DONE = (
    Done(ActionKind.RELEVANT, "", "U0123ABCD9", AT + 3 * MINUTE),
    Done(ActionKind.MUTE, "source|1 day", "U0123ABCD9", AT + 4 * MINUTE),
    Done(ActionKind.SPLIT, "", "U0123ABCD9", AT + 5 * MINUTE),
)
HEARD = {"answered", "answered-reply"}  # with buttons
CASES = {
    "alert": row(IRAN),
    "urgent": row(URGENT),
    "several-rules": row(replace(IRAN, found=RULES, tags=("wires", "gulf"))),
    "story": row(replace(IRAN, tags=("wires",)), living=STORY, told_at=TOLD),
    "corrected": row(
        CONVOY,
        living=amended(
            (
                AmendmentKind.HEADLINE,
                "Convoy hit near Rutba, 12 guards hurt",
                "Convoy attacked near Rutba, 9 hurt",
            ),
            (
                AmendmentKind.CORRECTION,
                "",
                "An earlier version of this article misstated the number of wounded.",
            ),
        ),
        told_at=TOLD,
    ),
    "removed": row(CONVOY, living=amended((AmendmentKind.REMOVED, CONVOY.headline, "")), told_at=TOLD),
    "summary-only": row(replace(IRAN, summary_only="the page answered 503")),
    "paywall": row(replace(IRAN, paid=True)),
    "old": row(replace(IRAN, published=AT - timedelta(days=9))),
    "no-date": row(replace(IRAN, published=None)),
    "hebrew": row(replace(HEBREW, tags=("il",)), living=STORY, told_at=TOLD),
    "arabic": row(
        alert(
            "إيران تبني مصانع صواريخ في العراق",
            "https://www.aljazeera.net/news/iran",
            "الجزيرة نت",
            found("صاروخ + العراق", "قال مسؤولان لوكالة Reuters إن إيران تبني مصانع *صواريخ* جنوب *العراق*."),
            language="ar",
        )
    ),
    "chinese-emoji": row(CHINESE),
    "reply": row(
        replace(
            alert(
                "Death toll of Rutba attack rises to 31",
                "https://www.bbc.co.uk/news/rutba",
                "BBC News",
                found("convoy + (attack* OR hit)", "The *attack* on the *convoy* killed 31, the army said."),
                follows=CONVOY.headline,
                news=("a new number: 31 killed", "a new name: General Saadi"),
            ),
            mention=("here",),
        ),
        thread="1700000000.000100",
    ),
    "answered": row(replace(IRAN, tags=("wires",)), living=replace(STORY, done=DONE), told_at=TOLD),
    "answered-reply": row(
        replace(CONVOY, follows=IRAN.headline, news=("a new number: 31 killed",)),
        living=Living(done=DONE * 3),
        thread="1700000000.000100",
    ),
    "short": row(replace(IRAN, template=Template.SHORT)),
    "headline": row(replace(IRAN, template=Template.HEADLINE)),
    "digest": row(DIGEST),
    "first-look": row(FirstLookAlert(12, 5, 412, LISTED, more=3, matched=19)),
    "nothing-found": row(FirstLookAlert(12, 5, 412, ())),
    "notice": row(
        Notice("Al Jazeera, Convoy hit near Rutba: the page was taken down"), thread="1700000000.000100"
    ),
    "minimal": row(IRAN, plain=True),
    "hostile": row(
        alert(
            "<!channel> *free* <https://evil.example|bbc.co.uk> &lt;!here&gt; :boom: \u202egnp.exe",
            "javascript:alert(1)",
            "@here & <@U012AB3CD>",
            found("missile", "> <!subteam^S012AB3CD> *missile* `code` _italic_"),
            tags=("<!everyone>",),
        )
    ),
}


def payload(name: str) -> dict[str, Any]:
    """What Slack is given, but for the metadata."""
    made = compose(CASES[name], TOLD, name in HEARD)
    return {"text": made.text, "blocks": made.blocks}


def as_file(payload: dict[str, Any]) -> str:
    return json.dumps(payload, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    for file in GOLDEN.glob("*.json"):
        file.unlink()
    for name in CASES:
        (GOLDEN / f"{name}.json").write_text(as_file(payload(name)))
