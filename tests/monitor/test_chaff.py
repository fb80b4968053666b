"""Which lines are the story: a sentence with a link is, a link with a prompt is not."""

import pytest

from monitor.model import UNSEEN, Block, Zone
from monitor.sources.chaff import Line, zone_of
from monitor.sources.lines import html_blocks

PAGE = "https://news.example/world/1"
STORY = "<p>Israeli intelligence has found that Iran builds missile factories in Iraq.</p>"
OTHER = '<a href="https://news.example/world/2">French president Macron accuses Israel</a>'


def seen(markup: str) -> str:
    """What a rule sees of a fragment."""
    return "\n".join(block.text for block in html_blocks(STORY + markup, PAGE) if block.zone not in UNSEEN)


@pytest.mark.parametrize("page", ["http://[::1", "urn:story:1", ""])
def test_of_a_page_without_an_address_nobody_knows_which_links_lead_away(page: str) -> None:
    told = html_blocks('<p><a href="/gulf/story">Five killed in Basra</a></p><p>Two were hurt.</p>', page)
    assert [block.zone for block in told] == [Zone.BODY, Zone.BODY]


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>Read  {OTHER}</p>",
        f"<p>Read: {OTHER}</p>",
        f"<p><strong>READ MORE:</strong> {OTHER}</p>",
        f"<p>RELATED: {OTHER}.</p>",
        f"<p>Also read – {OTHER}</p>",
        f"<p>» {OTHER}</p>",
        f"<p>{OTHER}</p>",
        f"<p>“{OTHER}”</p>",
        f"<h3>{OTHER}</h3>",
        f"<p>{OTHER} (Nov 22)</p>",
        f"<p>OPINION | {OTHER}</p>",
        f"<p>À lire aussi : {OTHER}</p>",
        f"<p>Lesen Sie auch: {OTHER}</p>",
        f"<p>Les også: {OTHER}</p>",
        f"<p>Читайте также: {OTHER}</p>",
        f"<p>اقرأ أيضًا: {OTHER}</p>",
        f"<p>関連記事：{OTHER}</p>",
        f"<ul><li>{OTHER}</li><li>{OTHER}</li></ul>",
        f"<ul><li><b>Paris</b> {OTHER}</li></ul>",
        f"<p>Text above.<br>Read {OTHER}<br>Text below.</p>",
        f'<p><a href="/world/2">Read</a> {OTHER}</p>',
        '<a href="/world/2"><h4>French president Macron</h4><p>accuses Israel of sowing barbarism</p></a>',
        "<p>RELATED: Macron accuses Israel</p>",
        "<p>Also read: Macron accuses Israel</p>",
        "<p>Read  French president Macron accuses Israel of 'sowing barbarism,' commits aid to Lebanon</p>",
        "<aside><h4>More</h4><p>Macron accuses Israel</p></aside>",
        '<div class="post-related box"><p>Macron accuses Israel</p></div>',
    ],
)
def test_a_line_that_leads_to_another_story_is_not_seen(markup: str) -> None:
    assert "missile factories" in seen(markup)
    assert "Macron" not in seen(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Read the statement of president Macron on Israel and the aid to Lebanon</p>",
        "<p>Read French president Macron accuses Israel of sowing barbarism, or do not.</p>",
        f"<p>In Paris on Monday the {OTHER} of sowing barbarism, his office said.</p>",
        '<p>President <a href="/tag/macron">Macron</a> spoke.</p>',
        '<p><a href="/tag/macron">Macron</a> and <a href="/tag/erdan">Erdan</a> spoke for an hour.</p>',
        "<p>Read the letter that Macron wrote.</p>",
        "<p>Macron: “We will not watch.”</p>",
        "<p>More: Macron wants a treaty, " + "and says so at length, " * 10 + "again.</p>",
        f'<p><a href="{PAGE}#part-2">Macron answers</a></p>',
        f'<p><a href="{PAGE}?utm_source=rss">Macron answers</a></p>',
        '<p><a href="mailto:desk@news.example">Macron answers</a></p>',
        "<blockquote>Macron</blockquote><table><tr><td>Macron</td></tr></table>",
    ],
)
def test_a_line_of_the_story_is_seen_whatever_links_it_holds(markup: str) -> None:
    assert "Macron" in seen(markup)


def test_text_beside_a_related_line_stays() -> None:
    assert seen(f"<p>Text above.<br>Read {OTHER}<br>Text below.</p>").endswith("Text above.\nText below.")


def test_the_foot_of_a_feed_entry_does_not_name_the_site() -> None:
    foot = 'The post <a href="/world/1">Two hurt</a> appeared first on <a href="/">Iraqi News</a>.'
    assert html_blocks(f"<p>Two were hurt.</p><p>{foot}</p>", PAGE) == (
        Block(Zone.BODY, "Two were hurt."),
        Block(Zone.BOILERPLATE, "The post Two hurt appeared first on Iraqi News."),
    )
    assert html_blocks(foot, PAGE)[0].zone is Zone.BOILERPLATE


def test_a_fragment_of_nothing_but_links_says_what_it_has() -> None:
    assert html_blocks(f"<ul><li>{OTHER}</li></ul>", PAGE) == (
        Block(Zone.LIST, "French president Macron accuses Israel"),
    )


def test_every_line_knows_what_it_is() -> None:
    markup = (
        "<h2>Raid</h2>Loose &amp; text<p>Body <b>with</b> <i>marks</i></p>"
        "<blockquote><p>Quote</p></blockquote><ul><li>Item</li></ul><table><tr><td>a</td><td>b</td></tr></table><figcaption>Caption</figcaption>"
        "<script>missile()</script><style>p {}</style><!-- missile -->"
    )
    assert html_blocks(markup) == (
        Block(Zone.HEADING, "Raid"),
        Block(Zone.BODY, "Loose & text"),
        Block(Zone.BODY, "Body with marks"),
        Block(Zone.QUOTE, "Quote"),
        Block(Zone.LIST, "Item"),
        Block(Zone.TABLE, "a b"),
        Block(Zone.CAPTION, "Caption"),
    )


@pytest.mark.parametrize(
    "markup", ["", " ", "<p></p>", "<p>\x00\ud800</p>", "&nbsp;", "<!-- -->", "</div></body>"]
)
def test_nothing_is_no_block(markup: str) -> None:
    assert html_blocks(markup) == ()


def test_plain_text_is_one_block() -> None:
    assert html_blocks("Two were\n hurt.") == (Block(Zone.BODY, "Two were hurt."),)


def test_a_line_without_links_keeps_its_zone() -> None:
    assert zone_of(Line(Zone.QUOTE, "We saw it.", "We saw it.")) is Zone.QUOTE


def test_what_follows_an_embedded_film_is_read() -> None:
    """HTML has no end of <embed>; libxml2 waits for one, and takes all that follows for its inside."""
    assert html_blocks('Before<embed src="film.swf"> <p>and behind it.</p>') == (
        Block(Zone.BODY, "Before"),
        Block(Zone.BODY, "and behind it."),
    )
