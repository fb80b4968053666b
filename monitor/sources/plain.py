"""The strings of strangers, made plain: no markup, no control characters, one space between words."""

import re
import unicodedata
from html import unescape

# Every string that leaves this room can be encoded, stored and shown. Dropped are C0, DEL and C1, surrogates,
# non-characters and the byte order mark; and the soft hyphen, which splits a word only for the eye.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\xad\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")

# Tags as HTML has them, attributes with a "=", so that "if a<b and c>d" keeps its words.
_TAG = re.compile(
    r"<!--.*?-->|</?(?:a|abbr|b|big|blockquote|br|center|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark"
    r"|nobr|ol|p|q|s|small|span|strike|strong|sub|sup|time|tt|u|ul|wbr)(?:\s[^<>=]*=[^<>]*)?\s*/?>",
    re.IGNORECASE | re.DOTALL,
)


def plain(text: str) -> str:
    """Text in composed form (NFC), its whitespace folded, without characters nobody can see or store."""
    return unicodedata.normalize("NFC", " ".join(_UNSAFE.sub("", " ".join(text.split())).split()))


def headline(markup: str, limit: int) -> str:
    """A feed's title as words. Tags go first, then entities, once: twice would make a tag of a quoted one."""
    return clamp(plain(unescape(_TAG.sub("", markup))), limit)


def clamp(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def folded(text: str) -> str:
    """The same words compare equal: case, width, spacing and characters broken on the way do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("\ufffd", "").split())
