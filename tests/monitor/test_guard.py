"""The guard, as tables of spellings: what must never be asked, and what must stay possible."""

import pytest

from monitor.sources.guard import check_spelling, check_url, deny, may_hurry

LOOPBACK = ["127.0.0.0/8", "::1/128"]

MISSPELT = """
ftp://example.com/feed
file:///etc/passwd
gopher://example.com/
javascript:alert(1)
data:text/xml,<rss/>
feed:https://example.com/
ws://example.com/
unix:///run/docker.sock
//example.com/feed
example.com/feed
http:example.com
http:/example.com
http:///example.com
http://
https://
https:///feed
http://?x
http://#x
http://:80/
http://user@example.com/
http://user:secret@example.com/
http://@example.com/
http://127.0.0.1@example.com/
http://example.com@127.0.0.1/
http://example.com:80@127.0.0.1/
http://127.0.0.1\\@example.com/
http://127.0.0.1:80\\@example.com/
http://example.com\\.evil.example/
http:\\\\example.com\\
http://exa%6dple.com/
http://%31%32%37.0.0.1/
http://127.0.0.1%2f@example.com/
http://127.0.0.1%00.example.com/
http://exam ple.com/
http://example.com :80/
http:// example.com/
http://example.com:/
http://example.com:22/
http://example.com:25/
http://example.com:6379/
http://example.com:11211/
http://example.com:65536/
http://example.com:99999999/
http://example.com:-80/
http://example.com:+80/
http://example.com:80:80/
http://example.com:８０/
http://example.com:0x50/
http://.example.com/
http://example..com/
http://example.com./
http://./
http://../
http://127.0.0.1./
http://2130706433/
http://017700000001/
http://0x7f000001/
http://0X7F000001/
http://0x7f.0.0.1/
http://0x7f.1/
http://0177.0.0.1/
http://0177.1/
http://127.1/
http://127.0.1/
http://0/
http://00/
http://0x/
http://0.0/
http://1.1/
http://127.0.0.01/
http://127.00.0.1/
http://127.0.0.0001/
http://256.256.256.256/
http://127.0.0.1.1/
http://127.0.0.256/
http://4294967297/
http://+1/
http://example.1/
http://example.0x7f/
http://①②⑦.⓪.⓪.①/
http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/
http://１２７.０.０.１/
http://127。0。0。1/
http://127．0．0．1/
http://127｡0｡0｡1/
http://ｌｏｃａｌｈｏｓｔ/
http://ⓛocalhost/
http://𝐥ocalhost/
http://loc\u00adalhost/
http://local\u200bhost/
http://exam\u2044ple.com/
http://example.com／@127.0.0.1/
http://example.com／evil.example/
http://example.com？evil.example/
http://example.com＃evil.example/
http://example.com＠127.0.0.1/
http://ex℀mple.com/
http://[::1/
http://::1/
http://::1]/
http://[::1]x/
http://[::1]:22x/
http://[]/
http://[::1%25eth0]/
http://[fe80::1%eth0]/
http://[v1.fe]/
http://[::g]/
http://[127.0.0.1]x/
http://[::127.0.0.1.1]/
http://[1]/
http://[[::1]]/
http://exa<mple.com/
http://exa"mple.com/
http://example.com;evil.example/
http://example.com,evil.example/
http://$(hostname)/
http://*/
""".strip("\n").split("\n")

CONTROLS = [
    "http://127.0.0.1\n.example.com/",
    "http://example.com\r\nHost: evil.example/",
    "http://example.com/\r\nX: y",
    "http://example.com/a\tb",
    "http://exam\x00ple.com/",
    "http://example.com/\x7f",
    "\nhttp://example.com/",
    " http://example.com/",
    "http://example.com/\x85",
    "http://example.com/\ud800",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 127 + "example/",
]

INTERNAL = """
127.0.0.1
127.255.255.254
127.0.0.0
0.0.0.0
0.1.2.3
10.0.0.1
10.255.255.255
172.16.0.1
172.31.255.255
192.168.0.1
192.168.255.255
169.254.169.254
169.254.0.1
100.64.0.1
100.100.100.200
100.127.255.255
168.63.129.16
192.0.0.1
192.0.0.9
192.0.0.192
192.0.2.1
192.88.99.1
198.18.0.1
198.19.255.255
198.51.100.7
203.0.113.1
224.0.0.1
239.255.255.250
233.252.0.1
240.0.0.1
255.255.255.255
::
::1
::2
::127.0.0.1
::8.8.8.8
::ffff:127.0.0.1
::ffff:10.0.0.1
::ffff:7f00:1
::ffff:169.254.169.254
::ffff:0.0.0.0
0:0:0:0:0:ffff:c0a8:1
::ffff:0:7f00:1
::ffff:0:10.0.0.1
::1:0:0:1
1::1
4000::1
64:ff9b::127.0.0.1
64:ff9b::a00:1
64:ff9b::169.254.169.254
64:ff9b::192.168.1.1
64:ff9b:1::1
64:ff9b:1::8.8.8.8
100::1
2001::1
2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:0:7f00:1::
2001:2::1
2001:10::1
2001:20::1
2001:30::1
2001:db8::1
2001:1::1
2002:7f00:1::
2002:a00:1::1
2002:a9fe:a9fe::1
2002:c0a8:101::
3fff::1
5f00::1
fc00::1
fd00::1
fd00:ec2::254
fe80::1
febf::1
fec0::1
feff::1
ff02::1
ff0e::1
""".strip("\n").split("\n")

PUBLIC = """
8.8.8.8
1.1.1.1
93.184.215.14
100.63.255.255
100.128.0.1
172.15.255.255
172.32.0.1
168.63.129.17
192.0.1.1
223.255.255.255
2606:4700:4700::1111
2a00:1450:4001:829::200e
::ffff:8.8.8.8
64:ff9b::8.8.8.8
2002:808:808::1
""".strip("\n").split("\n")

FINE = """
http://example.com
https://example.com/feed
HTTPS://Example.COM/Feed
http://example.com:80/
https://example.com:443/
http://example.com:8080/rss?x=1&y=http://10.0.0.1/
https://example.com:8443/
https://example.com?x
https://example.com#top
http://a.b-c.example/~me/a%20b/(1)?q=ü
http://my_feeds.example.com/
http://xn--bcher-kva.example/
http://bücher.example/
http://президент.example/
http://موقع.example/
http://例え.example/
http://हिन्दी.example/
http://3com.example/
http://1.1.1.1.example/
http://0x7f.example/
http://example.com/user@host/\\x
http://8.8.8.8/
http://[2606:4700:4700::1111]/
http://[2606:4700:4700:0:0:0:0:1111]:8080/
http://localhost/
""".strip("\n").split("\n")


def bracketed(ip: str) -> str:
    return f"[{ip}]" if ":" in ip else ip


@pytest.mark.parametrize("url", [*MISSPELT, *CONTROLS])
def test_an_address_that_could_be_read_in_two_ways_is_refused(url: str) -> None:
    assert check_spelling(url)
    assert check_url(url, ["0.0.0.0/0", "::/0"])


@pytest.mark.parametrize("ip", INTERNAL)
def test_the_machines_beside_us_are_not_asked(ip: str) -> None:
    assert deny(ip)
    assert check_url(f"http://{bracketed(ip)}/feed")


@pytest.mark.parametrize("ip", PUBLIC)
def test_the_public_internet_is(ip: str) -> None:
    assert deny(ip) == ""
    assert check_url(f"https://{bracketed(ip)}/feed") == ""


@pytest.mark.parametrize("url", FINE)
def test_ordinary_addresses_pass(url: str) -> None:
    assert check_url(url) == ""


def test_the_tables_are_as_long_as_promised() -> None:
    assert len({*MISSPELT, *CONTROLS, *INTERNAL}) >= 120


@pytest.mark.parametrize("ip", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"])
def test_a_network_we_allow_may_be_asked(ip: str) -> None:
    assert deny(ip, LOOPBACK) == ""
    assert check_url(f"http://{bracketed(ip)}/", LOOPBACK) == ""


@pytest.mark.parametrize("ip", ["10.0.0.1", "::ffff:10.0.0.1", "169.254.169.254", "::2", "::127.0.0.1"])
def test_allowing_one_network_allows_no_other(ip: str) -> None:
    assert deny(ip, LOOPBACK)


def test_a_network_may_be_named_by_any_of_its_addresses() -> None:
    assert deny("10.1.2.3", ["10.1.2.200/24"]) == ""


def test_any_port_is_fine_on_an_allowed_literal_address() -> None:
    assert check_url("http://127.0.0.1:54321/feed", LOOPBACK) == ""
    assert check_url("http://[::1]:54321/feed", LOOPBACK) == ""


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1:54321/", "http://127.0.0.1:65536/", "http://localhost:54321/"]
)
def test_other_ports_are_fine_nowhere_else(url: str) -> None:
    assert "port" in check_url(url, LOOPBACK)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8123", "[::1]", "[::1]:8123"])
def test_no_pause_is_owed_to_our_own_networks(host: str) -> None:
    assert may_hurry(host, LOOPBACK)
    assert not may_hurry(host, [])


@pytest.mark.parametrize(
    "host", ["example.com", "localhost:8123", "10.0.0.1", "", "127.1", "[::1", "8.8.8.8"]
)
def test_a_pause_is_owed_to_everyone_else(host: str) -> None:
    assert not may_hurry(host, LOOPBACK)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.com/", "not an http or https address"),
        ("http://me:secret@example.com/", "a user name or password in the host of the address"),
        ("http://127.1/", "the host of the address is a number, but not a well-spelt IP address"),
        ("http://example.com:22/", "port 22 is not one of the web's (80, 443, 8080, 8443)"),
        (
            "http://192.168.1.4/",
            "192.168.1.4 is in a private or reserved network; fetch.allow_networks can allow it",
        ),
    ],
)
def test_the_reason_says_what_is_wrong_and_no_secret(url: str, reason: str) -> None:
    assert check_url(url) == reason


def test_what_is_not_an_address_is_denied() -> None:
    assert deny("localhost") == "localhost is not an IP address"
