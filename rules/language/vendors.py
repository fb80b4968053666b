"""How other programs write what a rule says, by their manuals (2022-2026); what no rule can say, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Field(NamedTuple):
    """How a field of theirs is said: inside our scopes, or as our fact; `note` is what shifts."""

    scopes: tuple[str, ...] = ()
    fact: str = ""
    note: str = ""
    rest: bool = False  # it governs all that follows it


@dataclass(frozen=True, slots=True)
class Vendor:
    name: str
    fields: Mapping[str, Field]  # by its name in lower case
    reasons: Mapping[
        str, str
    ]  # why a field cannot be said; a name that ends in * stands for all that begin so
    words: str  # what shifts in every word
    space: str = ""  # what joins words that only a space parts; empty: the manual does not say
    tight: str = "AND"  # which of AND and OR is read first
    told: bool = True  # does the manual say which?
    capitals: bool = False  # `and` is a word there
    common: bool = False  # and one that is left out
    minus: bool = False  # -word leaves out
    braces: str = ""  # what {…} is: "case" of letters, or "count" of the word before
    near: int = 0  # words between, where NEAR has no number
    distance: str = ""  # what shifts in NEAR/n
    wild: str = ""  # what shifts with * in quotes
    calls: bool = False  # headline(…) as well as headline:…


_SOCIAL = "it is about posts and accounts of social networks; an article has none"
_READERS = "nobody counts readers and reactions of an article here"
_TONE = "nothing judges the tone or the quality of an article here"
_WHERE = "where an article was written is not known; country: is that of its source"
_IMAGES = "only words are looked at, not pictures or films"
_LINKS = "the links in an article are not looked at"
_DATES = "a rule looks at every article once, when it comes; age:<48h says how old it may be"
_KINDS = "every article here is news of the web; choose the feeds instead"
_STARS = "reviews and their stars are not known here"
_OWN = "it names something in an account of theirs"
_PAGES = "it asks a search engine about pages, not about the words of an article"

_HEADLINE = Field(("title",))
_TEXT = Field(("body",))
_LEAD = Field(
    ("body", "lead"), note="the lead is the first paragraph of the text here, and more until 40 words"
)
_CASE = Field(("case",))
_LANGUAGE = Field(fact="lang")
_COUNTRY = Field(fact="country", note="the country is that of the source, as the feeds have it in the config")
_HOST = Field(fact="source")
_ADDRESS = Field(fact="url")
_AUTHOR = Field(
    fact="author", note="the words of a name stand in a row in the author as the article gives it"
)
_OUTLET = Field(
    fact="feed", note="what an outlet is called is what its feed is called in the config; * and ? help"
)
_TAG = Field(note="# and @ are not compared: the word alone is looked for")


def _because(reason: str, names: str) -> Iterable[tuple[str, str]]:
    return ((name, reason) for name in names.split())


_FORMS = "a word also finds its other forms here (missile: missiles); write exact:(…) where it must not"

MELTWATER = Vendor(
    name="Meltwater",
    fields={
        **{"title": _HEADLINE, "content": _TEXT, "body": _TEXT, "ingress": _LEAD, "casesensitive": _CASE},
        **{"language": _LANGUAGE, "country": _COUNTRY, "site": _HOST, "url": _ADDRESS, "author": _AUTHOR},
        **{"sourcecountry": _COUNTRY, "sourcename": _OUTLET, "source.name": _OUTLET, "hashtag": _TAG},
    },
    reasons=dict(
        [
            *_because(_SOCIAL, "socialtype posttype from to mention authorhuman authorverifiedtype verified"),
            *_because(_SOCIAL, "bio thread followers"),
            *_because(_READERS, "likes shares reach authority views comments engagement enrichments.* ave"),
            *_because(_TONE, "sentiment spam nsfw emotion"),
            *_because(_IMAGES, "imagetext imageentity imageobject imagescene imageemotion attachmenttype"),
            *_because(_LINKS, "containslink links"),
            *_because(_KINDS, "infotype sourcetype mediatype"),
            *_because(_WHERE, "city region state geo sourcecity"),
            *_because(_DATES, "date publishdate"),
            *_because(_OWN, "tag tags savedsearch"),
        ]
    ),
    words=_FORMS,
    braces="count",
    near=4,  # "no more than 4 words between each other"
)

CISION = Vendor(
    name="Cision",
    fields={
        **{"headline": _HEADLINE, "title": _HEADLINE, "body": _TEXT, "content": _TEXT, "lead": _LEAD},
        **{"cs": _CASE, "publication": _OUTLET, "outlet": _OUTLET, "source": _OUTLET, "site": _HOST},
        **{"domain": _HOST, "url": _ADDRESS, "byline": _AUTHOR, "author": _AUTHOR, "language": _LANGUAGE},
        **{"lang": _LANGUAGE, "country": _COUNTRY, "tk_location": _COUNTRY},
    },
    reasons=dict(
        [
            *_because(_KINDS, "program station network mediatype media_type type outlettype"),
            *_because(_READERS, "reach readership tk_readership circulation uvpm shares engagement impact"),
            *_because(_TONE, "sentiment tone tk_sentiment entity"),
            *_because(_WHERE, "state city dma region county market"),
            *_because(_DATES, "date published"),
            *_because(_SOCIAL, "handle followers hashtag mention"),
            *_because(_OWN, "tag tags stream"),
        ]
    ),
    words=_FORMS,
    told=False,
    calls=True,
    distance="w/n counts words up to the second one at some programs; NEAR/n allows n words between",
    wild="Cision takes * in quotes for itself; here it stands for any letters of that word",
)

BRANDWATCH = Vendor(
    name="Brandwatch",
    fields={
        **{"title": _HEADLINE, "site": _HOST, "url": _ADDRESS, "author": _AUTHOR, "language": _LANGUAGE},
        **{"country": _COUNTRY, "publication": _OUTLET, "topleveldomain": _HOST, "domain": _HOST},
        **{"hashtags": _TAG, "at_mentions": _TAG},
        "raw": Field(("case",), note="signs are not compared: raw:Google+ also finds Google"),
    },
    reasons=dict(
        [
            *_because(
                _SOCIAL, "authorgender authorverified authorverifiedtype authorfollowers blogname tags"
            ),
            *_because(
                _SOCIAL, "parentblogname rootblogname parentpostid rootpostid engagementtype channelid"
            ),
            *_because(_SOCIAL, "engagingwith engagingwithguid guid redditauthorflair redditpostflair"),
            *_because(_SOCIAL, "redditspoiler subreddit subredditnsfw subreddittopics weblogtitle pubtype"),
            *_because(_WHERE, "continent region city latitude longitude"),
            *_because(_READERS, "reach impact monthlyvisitors"),
            *_because(_TONE, "sentiment sensitivecontent emotion"),
            *_because(_IMAGES, "brandids objects imagetype publishersubtype"),
            *_because(_STARS, "rating itemreview"),
            *_because(_LINKS, "links"),
            *_because(_DATES, "minuteofday"),
        ]
    ),
    words=_FORMS,
    space="AND",
    told=False,
    capitals=True,
    minus=True,
    braces="case",
    wild="Brandwatch takes * in quotes for itself; here it stands for any letters of that word",
)

GOOGLE = Vendor(
    name="Google",
    fields={
        **{"intitle": _HEADLINE, "allintitle": _HEADLINE._replace(rest=True), "title": _HEADLINE},
        **{"intext": _TEXT, "allintext": _TEXT._replace(rest=True), "site": _HOST, "author": _AUTHOR},
        **{"inurl": _ADDRESS, "allinurl": _ADDRESS._replace(rest=True), "source": _OUTLET},
        **{"location": _COUNTRY, "when": Field(fact="when")},
    },
    reasons=dict(
        [
            *_because(_DATES, "before after daterange"),
            *_because(_LINKS, "link inanchor allinanchor"),
            *_because(_PAGES, "related cache info filetype ext define stocks weather map movie phonebook in"),
            *_because(_IMAGES, "imagesize src"),
            *_because(_OWN, "feed blogurl group subject"),
        ]
    ),
    words="Google also finds other words of like meaning; a rule finds the word and its forms",
    space="AND",
    tight="OR",
    capitals=True,
    common=True,
    minus=True,
    distance="Google does not say how it counts; NEAR/n allows n words between",
    wild="* in quotes is one word or more at Google, and exactly one here",
)

VENDORS = {vendor.name.lower(): vendor for vendor in (MELTWATER, CISION, BRANDWATCH, GOOGLE)}

# Our field for a name of theirs; first those of programs that nothing is imported from.
NAMES = {
    **{"hd": "title", "heading": "title", "hlead": "lead", "summary": "lead", "description": "lead"},
    **{"host": "source", "hostname": "source", "website": "source", "sn": "feed", "publisher": "feed"},
    **{"label": "category", "section": "category", "topic": "category", "by": "author", "la": "lang"},
    **{"date": "age", "published": "age", "length": "words", "wc": "words", "wordcount": "words"},
}
for _vendor in VENDORS.values():
    for _name, _field in _vendor.fields.items():
        if _ours := {"when": "age"}.get(_field.fact, _field.fact) or "".join(_field.scopes[-1:]):
            NAMES.setdefault(_name, _ours)
REASONS = {name: reason for vendor in VENDORS.values() for name, reason in vendor.reasons.items()}
