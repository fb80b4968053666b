"""Draws messages as Slack does, for docs/pictures and for whoever judges how a message reads.

    python -m bench.pictures [FOLDER]       # needs Chromium; fonts: Lato, Noto with CJK and colour emoji

Draws what tests/monitor/golden holds: the very payloads that Slack is given. Without FOLDER the pictures of
the docs are drawn anew; with one, every golden file, a picture each, goes there.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "monitor" / "golden"
# picture -> the messages in it; those after "in thread" stand in the thread of the one before.
DOCS = {
    "alert": ("urgent",),
    "story": ("story", "corrected", "in thread", "reply"),
    "answered": ("answered", "in thread", "answered-reply"),
    "digest": ("digest",),
    "scripts": ("hebrew", "arabic", "chinese-emoji"),
    "first-look": ("first-look",),
    "caveats": ("summary-only", "paywall", "old", "hostile"),
}
WIDTH = 720
EMOJI = {"red_circle": "🔴"}
PEOPLE = {"U0123ABCD9": "ann", "S0123ABCD9": "desk"}  # Slack shows names where a message has ids

STYLE = """
body { margin: 0; padding: 8px 20px 14px; width: 680px; background: #fff; color: #1d1c1d;
  font: 15px/22px Lato, 'Noto Sans Hebrew', 'Noto Sans Arabic', 'Noto Sans CJK SC',
  'Noto Color Emoji', sans-serif }
a { color: #1264a3; text-decoration: none }
.message { display: grid; grid-template-columns: 36px 1fr; gap: 8px; padding: 8px 0 }
.thread { margin-left: 44px; border-left: 2px solid #eee; padding-left: 12px }
.face { width: 36px; height: 36px; border-radius: 8px; background: #123f6b; color: #fff;
  font: 900 19px/36px Lato; text-align: center }
.who { font-weight: 900 }
.app { font: 10px/14px Lato; background: #ddd; border-radius: 2px; padding: 0 3px; margin: 0 6px 0 4px }
.when { font-size: 12px; color: #616061 }
.block { margin-top: 4px }
.section, li, .plain, blockquote { white-space: pre-wrap; overflow-wrap: anywhere }
blockquote { margin: 4px 0; padding-inline-start: 16px; border-inline-start: 4px solid #ddd }
ul { margin: 0; padding-inline-start: 26px }
code { font: 12px/1.5 'DejaVu Sans Mono', monospace; color: #c01343; background: #f7f7f8;
  border: 1px solid #ddd; border-radius: 3px; padding: 2px 3px 1px }
.context { font-size: 13px; line-height: 18px; color: #616061 }
.button { display: inline-block; margin: 4px 8px 0 0; padding: 0 12px; border: 1px solid #bbb;
  border-radius: 4px; font: 700 13px/28px Lato }
.person { background: #e8f5fa; color: #1264a3; border-radius: 3px; padding: 0 2px }
.all { background: #fbeec8; color: #1264a3; border-radius: 3px; padding: 0 2px }
"""


def page(names: Iterable[str]) -> str:
    """An HTML page of these messages; its title is its height."""
    body, inside = "", ""
    for name in names:
        if name == "in thread":
            inside = " thread"
        else:
            body += drawn(json.loads((GOLDEN / f"{name}.json").read_text()), inside)
    tell_height = "onload = () => document.title = document.body.offsetHeight"
    return (
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><script>{tell_height}</script><body>{body}"
    )


def drawn(payload: Mapping[str, Any], inside: str) -> str:
    blocks = "".join(f"<div class=block>{block(one)}</div>" for one in payload["blocks"])
    shown = blocks or f"<div class=plain dir=auto>{unescaped(payload['text'])}</div>"
    head = "<span class=who>wirewatch</span><span class=app>APP</span><span class=when>2:02 PM</span>"
    return f"<div class='message{inside}'><div class=face>w</div><div>{head}{shown}</div></div>"


def unescaped(text: str) -> str:
    """Slack's escapes are those of HTML."""
    return text.replace("<http", "&lt;http").replace("\n", "<br>")


def block(one: Mapping[str, Any]) -> str:
    if one["type"] == "actions":
        return "".join(f"<span class=button>{button(each)}</span>" for each in one["elements"])
    if one["type"] == "context":
        return "".join(f"<div class=context>{escape(text['text'])}</div>" for text in one["elements"])
    return "".join(map(part, one["elements"]))


def button(one: Mapping[str, Any]) -> str:
    if one["type"] == "static_select":
        return f"{escape(one['placeholder']['text'])} <span class=when>▾</span>"
    return escape(one["text"]["text"])


def part(one: Mapping[str, Any]) -> str:
    """Every section, quote and item finds its own direction, by its first strong letter."""
    if one["type"] == "rich_text_list":
        items = (f"<li dir=auto>{''.join(map(element, item['elements']))}</li>" for item in one["elements"])
        return f"<ul>{''.join(items)}</ul>"
    tag = "blockquote" if one["type"] == "rich_text_quote" else "div"
    return f"<{tag} class=section dir=auto>{''.join(map(element, one['elements']))}</{tag}>"


def element(one: Mapping[str, Any]) -> str:
    match one["type"]:
        case "emoji":
            return EMOJI[one["name"]]
        case "user" | "usergroup":
            who = one.get("user_id") or one["usergroup_id"]
            return f"<span class=person>@{PEOPLE[who]}</span>"
        case "broadcast":
            return f"<span class=all>@{one['range']}</span>"
    text = escape(one["text"])
    style = one.get("style", {})
    text = f"<code>{text}</code>" if style.get("code") else text
    text = f"<b>{text}</b>" if style.get("bold") else text
    return f"<a href='{escape(one['url'])}'>{text}</a>" if one["type"] == "link" else text


def draw(names: Iterable[str], to: Path, browser: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page(names))
        run = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        dom = subprocess.run(
            [*run, f"--window-size={WIDTH},2000", "--dump-dom", source.as_uri()],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        height = int(dom.partition("<title>")[2].partition("</title>")[0])
        shot = [*run, "--hide-scrollbars", f"--window-size={WIDTH},{height}", f"--screenshot={to}"]
        subprocess.run([*shot, source.as_uri()], capture_output=True, check=True)


def main() -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        sys.exit(
            "bench.pictures: there is no Chromium here: apt install chromium fonts-lato fonts-noto-core "
            "fonts-noto-cjk fonts-noto-color-emoji"
        )
    every = {file.stem: (file.stem,) for file in GOLDEN.glob("*.json")}
    pictures: Mapping[str, tuple[str, ...]] = every if sys.argv[1:] else DOCS
    folder = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for name, messages in pictures.items():
        draw(messages, folder / f"{name}.png", browser)
        print(folder / f"{name}.png")


if __name__ == "__main__":
    main()
