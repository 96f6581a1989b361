"""Cases of addresses: places inside somebody's network, spelled as attackers spell them."""

from tests.support.hostile.cases import Case, add, story
from tests.support.hostile.server import Line

_PRIVATE = "private or reserved"
_SPELLINGS = {
    "loopback": "127.0.0.1",
    "loopback_short": "127.1",
    "loopback_as_a_number": "2130706433",
    "loopback_in_hexadecimal": "0x7f000001",
    "loopback_in_octal": "0177.0.0.01",
    "loopback_mixed": "0x7f.0.0x0.1",
    "loopback_of_another_host": "127.255.255.254",
    "loopback_with_a_final_dot": "127.0.0.1.",
    "loopback_in_circled_digits": "①②⑦.⓪.⓪.①",
    "loopback_with_ideographic_dots": "127。0。0。1",
    "loopback_percent_encoded": "%31%32%37.0.0.1",
    "loopback_in_ipv6": "[::1]",
    "loopback_mapped": "[::ffff:127.0.0.1]",
    "loopback_mapped_in_hexadecimal": "[::ffff:7f00:1]",
    "loopback_in_nat64": "[64:ff9b::7f00:1]",
    "loopback_in_6to4": "[2002:7f00:1::]",
    "unspecified": "0.0.0.0",
    "unspecified_short": "0",
    "unspecified_in_ipv6": "[::]",
    "private_10": "10.0.0.1",
    "private_172": "172.31.255.1",
    "private_192": "192.168.1.1",
    "carrier_grade": "100.64.0.1",
    "link_local": "169.254.0.1",
    "link_local_in_ipv6": "[fe80::1]",
    "unique_local": "[fd00::1]",
    "multicast": "224.0.0.1",
    "multicast_in_ipv6": "[ff02::1]",
    "broadcast": "255.255.255.255",
    "metadata": "169.254.169.254",
    "metadata_as_a_number": "2852039166",
    "metadata_mapped": "[::ffff:169.254.169.254]",
    "metadata_in_nat64": "[64:ff9b::a9fe:a9fe]",
    "metadata_in_ipv6": "[fd00:ec2::254]",
    "metadata_of_azure": "168.63.129.16",
    "metadata_of_alibaba": "100.100.100.200",
    "metadata_of_oracle": "192.0.0.192",
}

for _name, _spelling in _SPELLINGS.items():
    # the path keeps two spellings of one address apart
    _url = f"http://{_spelling}/{_name}"
    add(Case(f"address_{_name}", "page", "blocked_address", _PRIVATE, url=_url))

for _name, _url, _reason in (
    ("credentials", "https://reader:secret@url-credentials.test/x", "credentials"),
    ("user_alone", "https://reader@url-user-alone.test/x", "credentials"),
    ("javascript", "javascript:alert(1)", "neither http nor https"),
    ("data", "data:text/html,hello", "neither http nor https"),
    ("file", "file:///etc/passwd", "neither http nor https"),
    ("port_of_six_digits", "http://url-port.test:123456/", "not a URL"),
    ("host_of_brackets", "http://[::::]/x", "not a URL"),
    ("host_with_a_space", "http://a b.test/", "not a URL"),
    ("of_20_kb", f"https://url-of-20-kb.test/page?{'x' * 20_000}", "longer than"),
    ("address_too_large", "http://256.1.1.1/", "not a URL"),
):
    add(Case(f"url_{_name}", "page", "blocked_address", _reason, url=_url))

for _name, _url in (
    ("with_a_tab", "https://url-with-a-tab.test/pa\tge"),
    ("with_an_encoded_line_end", "https://url-with-an-encoded-line-end.test/%0d%0aHost:%20x"),
    ("of_an_international_host", "https://bücher.test/page"),
):
    add(Case(f"url_{_name}", "page", "loaded", url=_url))


async def _whole(line: Line, _times: int) -> None:
    """A story for who asks for the whole URL."""
    if line.ask.path.endswith("&end=1"):
        await line.answer(story("a long URL"))
    else:
        await line.answer(status="404 Not Found")


_long = f"https://url-of-6-kb.test/page?a={'x' * 6_000}&end=1"
add(Case("url_of_6_kb", "page", "loaded", answer=_whole, url=_long))
