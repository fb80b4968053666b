"""What stands between us and what we asked for, told by status, headers and first bytes. Pure.

A barrier is named, so that people know whom to write to; it is never climbed. To see one in a good answer
would lose it, so of a 200 only a page without text that bears a barrier's own marks counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.model import Cause

HEAD = 16 * 1024  # bytes that are looked at: challenges have 1-12 KB
_REFUSALS = frozenset({401, 403, 405, 406, 409, 429, 503})
_PASSING = frozenset({429, 503})  # with these a server in trouble answers behind the same firewall


@dataclass(frozen=True, slots=True)
class Barrier:
    cause: Cause
    words: str  # for people: "Cloudflare challenge"


def barrier(status: int, headers: Mapping[str, str], head: bytes) -> Barrier | None:
    """Whose challenge or firewall answered; None: no one's we know. `headers` are case-insensitive."""
    return _by_headers(status, headers) or _by_marks(status, head)


def instead_of_feed(head: bytes) -> Barrier | None:
    """Why a web page came where a feed was asked for; None: it is just a page, or no page at all.

    A page that names a feed is a site's own, whatever else stands on it.
    """
    if not _HTML.search(head) or _NAMES_A_FEED.search(head):
        return None
    text = _text(head)
    title = _title(text)
    if found := _by_marks(403, head):
        return found
    if _CONSENT.search(title):
        return Barrier(Cause.CONSENT, "consent page")
    if _LOGIN.search(title) or (_PASSWORD.search(text) and not _speaks(head)):
        return Barrier(Cause.LOGIN, "login page")
    return None


def _by_headers(status: int, headers: Mapping[str, str]) -> Barrier | None:
    for name, value, challenge in _CHALLENGE_HEADERS:
        if re.search(value, headers.get(name, ""), re.IGNORECASE):
            return Barrier(Cause.CHALLENGE, challenge)
    for name, value, cause, words in _REFUSAL_HEADERS if status in _REFUSALS - _PASSING else ():
        if re.search(value, headers.get(name, ""), re.IGNORECASE):
            return Barrier(cause, words)
    return None


_CHALLENGE_HEADERS = (
    ("cf-mitigated", "^challenge$", "Cloudflare challenge"),
    ("x-amzn-waf-action", "^(?:challenge|captcha)$", "AWS challenge"),
)
# These stand on good answers, too, so they count on refusals only.
_REFUSAL_HEADERS = (
    ("x-dd-b", ".", Cause.CHALLENGE, "DataDome challenge"),
    ("x-datadome", ".", Cause.CHALLENGE, "DataDome challenge"),
    ("server", "^datadome", Cause.CHALLENGE, "DataDome challenge"),
    ("x-sucuri-block", ".", Cause.FIREWALL, "Sucuri firewall"),
    ("server", "^sucuri", Cause.FIREWALL, "Sucuri firewall"),
    ("server", "^akamaighost", Cause.FIREWALL, "Akamai firewall"),
    ("x-iinfo", ".", Cause.FIREWALL, "Imperva firewall"),
    ("x-cdn", "imperva|incapsula", Cause.FIREWALL, "Imperva firewall"),
    ("server", "^ddos-guard", Cause.FIREWALL, "DDoS-Guard firewall"),
)

_HTML = re.compile(rb"<(?:!doctype\s++html|html|head|body|title)\b", re.IGNORECASE)
_NAMES_A_FEED = re.compile(rb"application/(?:(?:rss|atom)\+xml|feed\+json)", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>\s*+([^<]{0,300})", re.IGNORECASE)
_PASSWORD = re.compile(r"<input\b[^>]{0,300}?\btype\s*=\s*[\"']?password", re.IGNORECASE)
_CONSENT = re.compile(
    r"before you continue|bevor sie|avant d.acc|antes de continuar|\bconsent\b|cookie|privacy|datenschutz",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log|sign)[ -]?in\b|\banmelden\b|\bconnexion\b|iniciar sesi|\baccedi\b|\binloggen\b"
    r"|\bвойти\b|تسجيل الدخول",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A barrier's own page: what its title says, and what stands in it beside that."""

    title: re.Pattern[str]
    inside: re.Pattern[str]
    barrier: Barrier

    def on(self, title: str, text: str) -> bool:
        return bool(self.title.search(title) and self.inside.search(text))


def _mark(title: str, inside: str, cause: Cause, words: str) -> _Mark:
    return _Mark(re.compile(title, re.I), re.compile(inside, re.I), Barrier(cause, words))


_MARKS = (
    _mark(
        "",
        r"/cdn-cgi/challenge-platform/|cf[_-]chl[_-]|cf-challenge",
        Cause.CHALLENGE,
        "Cloudflare challenge",
    ),
    _mark(
        "attention required! \\| cloudflare|you have been blocked", "", Cause.FIREWALL, "Cloudflare firewall"
    ),
    _mark("", r"^\s*error code: 10\d\d\s*$", Cause.FIREWALL, "Cloudflare firewall"),
    _mark("", r"captcha-delivery\.com/", Cause.CHALLENGE, "DataDome challenge"),
    _mark(
        "access denied",
        r"edgesuite\.net|Reference\s?(?:&#32;|\s)?(?:&#35;|#)",
        Cause.FIREWALL,
        "Akamai firewall",
    ),
    _mark(
        "",
        r"incapsula incident id|_Incapsula_Resource\?[^\"'>]{0,300}incident_id",
        Cause.FIREWALL,
        "Imperva firewall",
    ),
    _mark("sucuri website firewall", "", Cause.FIREWALL, "Sucuri firewall"),
    _mark(
        "", r"px-captcha|captcha\.px-cdn\.net|captcha\.perimeterx", Cause.CHALLENGE, "PerimeterX challenge"
    ),
    _mark("", r"awswaf\.com/[^\"'>]{0,200}challenge", Cause.CHALLENGE, "AWS challenge"),
    _mark("vercel security checkpoint", "", Cause.CHALLENGE, "Vercel challenge"),
    _mark("ddos-guard", "", Cause.CHALLENGE, "DDoS-Guard challenge"),
    _mark("", r"wsidchk|imunify360", Cause.CHALLENGE, "Imunify360 challenge"),
    _mark("", r"generated by wordfence|wordfence.{0,200}blocked", Cause.FIREWALL, "Wordfence firewall"),
    _mark(
        "",
        r"requested url was rejected\. please consult with your administrator",
        Cause.FIREWALL,
        "F5 firewall",
    ),
)
# Words that a title may hold for other reasons.
_WORDS = (
    _mark(
        r"fortigate|fortiguard|web filter|firewall|request (?:rejected|blocked)",
        "",
        Cause.FIREWALL,
        "firewall page",
    ),
    _mark(
        r"access (?:to this \w+ )?(?:has been )?denied|access blocked|^blocked$",
        "",
        Cause.FIREWALL,
        "firewall page",
    ),
    _mark(
        r"are you (?:a )?(?:human|robot)|verify (?:that )?you are (?:a )?human|checking your browser"
        r"|captcha|just a moment|(?:security|robot) check|(?:bot|human) verification",
        "",
        Cause.CHALLENGE,
        "challenge page",
    ),
)
_PAGE = re.compile(rb"<(?:!doctype\s++html|html)\b", re.IGNORECASE)


def _by_marks(status: int, head: bytes) -> Barrier | None:
    """By its page. Words alone count where we were refused; else a page without text must bear its marks:
    sites behind Cloudflare, DataDome or Imperva carry their scripts on good pages, too."""
    refused = status in _REFUSALS
    if not refused and (len(head) >= HEAD or not _PAGE.search(head[:512]) or _speaks(head)):
        return None
    text = _text(head)
    title = _title(text)
    marks = (*_MARKS, *_WORDS) if refused else _MARKS
    return next((mark.barrier for mark in marks if mark.on(title, text)), None)


_UNSEEN = re.compile(
    r"<(script|style|svg|title)\b.*?(?:</\1\s*+>|\Z)|<!--.*?(?:-->|\Z)|<[^>]*+>", re.IGNORECASE | re.DOTALL
)
MUTE = 800  # characters of text: the wordiest challenge has 600, a flash of news may have less


def _speaks(head: bytes) -> bool:
    return len(" ".join(_UNSEEN.sub(" ", _text(head)).split())) > MUTE


def _text(head: bytes) -> str:
    return head[:HEAD].replace(b"\0", b"").decode("utf-8", "replace")


def _title(text: str) -> str:
    found = _TITLE.search(text)
    return " ".join(found[1].split()) if found else ""
