"""What a rule may ask of an article beside its words, and which values it may be compared with."""

import re
from collections.abc import Callable

from rules.language.countries import CODES, COUNTRIES

FACTS = ("source", "feed", "lang", "country", "category", "tag", "author", "url", "age", "words")

# What is wrong, and what to write: a value alone, as its field is a key in YAML. None: nothing is wrong.
Fault = tuple[str, str] | None

# ISO 639-1.
_LISTED = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz
ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik
io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml
mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd
se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi
vo wa wo xh yi yo za zh zu
"""
LANGUAGES = frozenset(_LISTED.split())
# What people write for them.
_CALLED = """
english en; arabic ar; french fr; german de; spanish es; russian ru; chinese zh; hebrew he; persian fa;
farsi fa; turkish tr; ukrainian uk; portuguese pt; italian it; japanese ja; korean ko; dutch nl; polish
pl; hindi hi; urdu ur; swedish sv; danish da; greek el; czech cs; eng en; ara ar; fra fr; fre fr; deu de;
ger de; spa es; rus ru; zho zh; chi zh; heb he; fas fa; per fa; tur tr; ukr uk; por pt; ita it; jpn ja;
kor ko; nld nl; dut nl; pol pl; hin hi; urd ur; jp ja; cn zh; ua uk; gr el; iw he; cz cs; dk da
"""
LANGUAGE_NAMES = dict(entry.split(" ") for entry in " ".join(_CALLED.split()).split("; "))


def language_of(written: str) -> str:
    """The two letters of `EN`, `en-GB`, `eng`, `English`; empty for what is no language."""
    code = re.split("[-_]", written.strip().lower())[0]
    return code if code in LANGUAGES else LANGUAGE_NAMES.get(code, "")


def wrong(name: str, test: str, value: str) -> Fault:
    """What is wrong with one fact, as far as can be told without an article."""
    if name not in _MEASURED:
        return _unmeasured(name, test, value)
    if test == "in":
        return f"{name}: is compared with a number, not with a set", f"write {_EXAMPLES[name]}"
    if test == "is":
        return f"{name}: needs one of < <= > >= before its value", f"write {_EXAMPLES[name]}"
    if test not in ("<", "<=", ">", ">="):
        return f"{name}: cannot be compared by {test}", f"write {_EXAMPLES[name]}"
    return _MEASURED[name](value)


def _unmeasured(name: str, test: str, value: str) -> Fault:
    if test not in ("is", "in"):
        return f"{name}: cannot be compared by {test}", f"write {name}:value; {test} is for age: and words:"
    if test == "in":
        return None
    if not re.search(r"[^\W_]", value):
        return f'{name}: has nothing to compare with in "{value}"', "write at least one letter or digit"
    return _VALUES[name](value) if name in _VALUES else None


def _source(value: str) -> Fault:
    if _HOST.fullmatch(value):
        return None
    message = f'source: takes the name of a host, which "{value}" is not'
    host = re.sub(r"^[a-z]+://", "", value, flags=re.IGNORECASE)
    host, _, path = host.partition("/")
    host = host.removeprefix("*.").partition(":")[0]
    if not _HOST.fullmatch(host):
        return message, "write it as it stands in addresses, as in bbc.co.uk"
    if path:
        return message, f"write {host} for all of it; a part of it is asked for with  url: {host}/…*"
    return message, f"write {host}; hosts below it are meant too"


_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")


def _language(value: str) -> Fault:
    code, _, region = value.lower().partition("-")
    if code in LANGUAGES and re.fullmatch(r"(?:[a-z0-9]{2,8}(?:-[a-z0-9]{2,8})*)?", region):
        return None
    meant = LANGUAGE_NAMES.get(code)
    hint = f"did you mean {meant} ?" if meant else "write its two letters (ISO 639-1), as in en"
    return f'lang: knows no language "{value}"', hint


def _country(value: str) -> Fault:
    if value.upper() in COUNTRIES:
        return None
    meant = CODES.get(value.lower())
    hint = f"did you mean {meant} ?" if meant else "write its two letters (ISO 3166), as in IQ"
    return f'country: knows no country "{value}"', hint


def _age(value: str) -> Fault:
    found = re.fullmatch(r"([0-9]{1,6})([^\W\d_]*)", value)
    if not found:
        return f'"{value}" is not a number with a unit', "write minutes, hours, days or weeks, as in 48h"
    if not found[2]:
        return f"{value} of what?", f"write a unit: {value}m, {value}h, {value}d or {value}w"
    if found[2] not in ("m", "h", "d", "w"):
        hint = "m, h, d and w are minutes, hours, days and weeks, as in 48h"
        return f'there is no unit "{found[2]}"', hint
    return None


def _words(value: str) -> Fault:
    if re.fullmatch(r"[0-9]{1,7}", value):
        return None
    return f'"{value}" is not a number', "write how many, as in 300"


_VALUES: dict[str, Callable[[str], Fault]] = {"source": _source, "lang": _language, "country": _country}
_MEASURED: dict[str, Callable[[str], Fault]] = {"age": _age, "words": _words}
_EXAMPLES = {"age": "age:<48h", "words": "words:>=300"}
