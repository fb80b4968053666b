"""Pages that answer well and are not the article, or not all of it: named, so that people see why. Pure.

A page that is taken for thin by mistake costs words that may match, so length has the first word: a page with
the text of an article is one, whatever else stands on it. Only where it was led away from is seen by address.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from monitor.sources.pace import PAGE_WAITS

LEAST = 50  # characters of text; less may be "You need to enable JavaScript to run this app."
SHORT = 1_000  # an error page, a consent wall or a login with its small print says no more
TEASER = 2_000  # what stands before a paywall: one to four paragraphs
TRIES = 4  # a flash of news grows within hours, a video page never does


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it was read: asked for at `asked`, come from `url`; `meta` by lower-case name."""

    url: str
    asked: str
    title: str
    text: str
    markup: str
    meta: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Thin:
    """`teaser`: what text there is belongs to the article. `passing`: it may be longer soon."""

    reason: str
    teaser: bool = False
    passing: bool = False


def of(page: Seen) -> Thin | None:
    """Why a page is not the article, or not all of it; None: it may be."""
    return _led_away(page) or _another(page) or _cut(page)


def again_in(tries: int) -> timedelta | None:
    """How long to wait before a page that may grow is asked for again; None: it is not."""
    return PAGE_WAITS[tries] if tries < TRIES else None


# --- led somewhere else ------------------------------------------------------------------------------------

_CONSENT_HOST = re.compile(r"^(?:consent|guce|cmp|privacy-mgmt|cookies?|myprivacy|choices)\.", re.IGNORECASE)
_CONSENT_PLACE = re.compile(
    r"/(?:consent|collectconsent|cookie-?(?:wall|consent)|privacy-?gate)(?:[/?.]|$)", re.IGNORECASE
)
_LOGIN_HOST = re.compile(r"^(?:login|signin|auth|accounts?|sso)\.", re.IGNORECASE)
_LOGIN_PLACE = re.compile(
    r"/(?:log-?in|sign-?in|signon|sso|oauth2?|authorize|anmelden|connexion|accedi|inloggen)(?:[/?.]|$)",
    re.IGNORECASE,
)
_FRONT = re.compile(r"/?(?:index\.\w+|home|[a-z]{2}(?:-[a-z]{2})?)?/?", re.IGNORECASE)
_ERROR_PLACE = re.compile(r"/(?:404|error|not-?found|page-?not-?found)(?:[/?.]|$)", re.IGNORECASE)


def _led_away(page: Seen) -> Thin | None:
    """Where a redirect ended, if that is no article's place and was not asked for."""
    try:
        here, there = urlsplit(page.url), urlsplit(page.asked)
    except ValueError:
        return None
    if page.url == page.asked:
        return None
    for host, place, what in (
        (_CONSENT_HOST, _CONSENT_PLACE, "it leads to a consent page"),
        (_LOGIN_HOST, _LOGIN_PLACE, "it leads to a login"),
    ):
        was_asked = host.search(there.netloc) or place.search(there.path)
        if not was_asked and (host.search(here.netloc) or place.search(here.path)):
            return Thin(what)
    if _ERROR_PLACE.search(here.path) and not _ERROR_PLACE.search(there.path):
        return Thin("it leads to a page that says it is not found", passing=True)
    if _FRONT.fullmatch(here.path) and not here.query and len(there.path.strip("/")) > len("index.html"):
        return Thin("it leads to the front page of the site")
    return None


# --- another page in its place -----------------------------------------------------------------------------

_MISSING = re.compile(
    r"(?:^|[|:–—-]\s*)(?:(?:error\s*)?404(?:\s*error)?(?=$|[\s|:–—.-])|not found$"
    r"|(?:page|article) (?:was )?not found|page (?:does not exist|doesn.t exist|unavailable)"
    r"|seite nicht gefunden|page (?:introuvable|non trouv)"
    r"|p.gina no encontrada|p.gina n.o encontrada|pagina non trovata|pagina niet gevonden|sayfa bulunamad"
    r"|страница не найдена|сторінку не знайдено|הדף לא נמצא"
    r"|الصفحة غير موجودة|صفحه (?:مورد نظر )?(?:یافت|پیدا) نشد"
    r"|ページが見つかりません|页面不存在|找不到页面|페이지를 찾을 수 없)",
    re.IGNORECASE,
)
_CONSENT_TITLE = re.compile(
    r"^(?:before you continue|we value your privacy|cookie(?:s| consent| settings| wall)\b|privacy settings"
    r"|your privacy choices|bevor sie (?:fortfahren|zu)|wir benötigen ihre zustimmung"
    r"|avant d.accéder|antes de continuar|prima di continuare|voordat je verdergaat"
    r"|myprivacy|dpg media privacy gate)",
    re.IGNORECASE,
)
_LOGIN_TITLE = re.compile(
    r"^(?:log ?in|sign ?in|login required|please (?:log|sign) in|anmelden|einloggen|se connecter|connexion"
    r"|iniciar sesi.n|accedi|inloggen|вход|войти|تسجيل الدخول|ورود|כניסה)(?:$|[\s|:–—-])",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"<input\b[^>]{0,300}?\btype\s*=\s*[\"']?password", re.IGNORECASE)
_REFRESH = re.compile(
    r"<meta\b[^>]{0,200}?http-equiv\s*=\s*[\"']?refresh[\"']?[^>]{0,300}?url\s*=", re.IGNORECASE
)
_SCRIPTS = re.compile(
    r"(?:enable|activate|turn on|requires?|without|allow)\s+(?:\w+\s+){0,3}javascript"
    r"|javascript (?:is )?(?:disabled|required)|javascript (?:aktivieren|einschalten)"
    r"|activ\w+ (?:le )?javascript|habilit\w+ javascript|включите javascript",
    re.IGNORECASE,
)


def _another(page: Seen) -> Thin | None:
    if len(page.text) >= SHORT:
        return None
    if _MISSING.search(page.title):
        return Thin("the page says it is not found", passing=True)
    if _CONSENT_TITLE.search(page.title):
        return Thin("a consent page came instead")
    if _LOGIN_TITLE.search(page.title) and _PASSWORD.search(page.markup):
        return Thin("a login came instead")
    if len(page.text) < LEAST and _REFRESH.search(page.markup):
        return Thin("the page only leads on to another one")
    if len(page.text) < LEAST and _SCRIPTS.search(page.markup):
        return Thin("the page shows its text only with JavaScript")
    return None


# --- not all of it -----------------------------------------------------------------------------------------

_NOT_FREE = re.compile(r"\"isAccessibleForFree\"\s*:\s*(?:\"false\"|false)", re.IGNORECASE)
_TIERS = frozenset({"locked", "metered", "paid", "premium", "subscriber", "subscription"})
_PAYWALL = re.compile(
    r"(?:subscribe|sign up|register|log ?in|sign ?in|join)[^.\n]{0,40} to (?:continue|keep|finish|unlock)"
    r"|(?:subscribe|sign up|register|log ?in|sign ?in|join)[^.\n]{0,40} to read (?:the|this|more|on|full)"
    r"|(?:article|story|content) is (?:only )?(?:for|available to|reserved for|exclusive to)"
    r" (?:\w+ )?(?:subscribers|members)"
    r"|to (?:continue|keep) reading[^.\n]{0,40}(?:subscribe|log|sign|register)|already a subscriber\?"
    r"|weiterlesen mit|jetzt weiterlesen|nur für abonnenten"
    r"|réservée? (?:à nos|aux) abonnés|la suite est réservée"
    r"|(?:contenido|artículo) exclusivo para suscriptores|suscríbete para (?:leer|continuar|seguir)"
    r"|riservato agli abbonati|alleen voor abonnees|للمشتركين فقط"
    r"|материал доступен (?:только )?(?:по подписке|подписчикам)",
    re.IGNORECASE,
)


def _cut(page: Seen) -> Thin | None:
    if len(page.text) < TEASER and _behind_paywall(page):
        return Thin("only what stands before the paywall", teaser=True)
    if 0 < len(page.text) < LEAST:
        return Thin(f"almost no text on the page ({len(page.text)} characters)", teaser=True, passing=True)
    return None


def _behind_paywall(page: Seen) -> bool:
    """By what the page tells search engines, then by the words at the end of its text."""
    tier = page.meta.get("article:content_tier", "").strip().lower()
    return tier in _TIERS or bool(_NOT_FREE.search(page.markup) or _PAYWALL.search(page.text[-600:]))
