"""A value that could not be used later is refused with one sentence, and never repeated."""

from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from core.config_values import PlainText, PrivateNetwork, WebUrl


def refusal(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    (fault,) = caught.value.errors()
    return fault["msg"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://host:99999/feed", "not an http or https URL"),
        ("http://exa mple.com/", "not an http or https URL"),
        ("http://256.256.256.256/", "not an http or https URL"),
        ("http://[::1/", "not an http or https URL"),
        ("http://.../", "not an http or https URL"),
        ("ftp://ann:secret@h.test/", "not an http or https URL"),
        ("/feed", "not an http or https URL"),
        ("http://h.test\u2028/x", "control characters"),
        ("http://h.test/\x1b[31m", "control characters"),
        ("http://h.test/" + "a" * 8_192, "at most 8,192 characters"),
        ("http://" + "a" * 254 + "/", "at most 253 characters"),
        ("http://:secret@h.test/", "user name or password"),
    ],
)
def test_a_url_that_could_not_be_fetched(url: str, sentence: str) -> None:
    told = refusal(WebUrl, url)
    assert sentence in told
    assert "secret" not in told


@pytest.mark.parametrize(
    "url",
    ["https://h.test/feed", "http://ä.test/ä?b#c", "http://[2606:4700::1]:80/", "http://h.test./"],
)
def test_a_web_url_stays_as_it_is_written(url: str) -> None:
    assert TypeAdapter(WebUrl).validate_python(url) == url


@pytest.mark.parametrize("character", ["\n", "\x00", "\x7f", "\x9b", "\u2028", "\u2029"])
def test_a_path_has_no_control_characters(character: str) -> None:
    assert "control characters" in refusal(PlainText, f"old{character}.warc")
    assert TypeAdapter(PlainText).validate_python("ältere Fälle/a b.warc")


@pytest.mark.parametrize(
    "network",
    ["127.0.0.0/8", "10.1.0.0/16", "172.31.0.1", "192.168.0.0/16", "100.64.0.0/10", "fd00::/8",
     "::1", ip_network("10.1.0.0/16")],
)  # fmt: skip
def test_a_network_of_somebodys_own_may_be_named(network: object) -> None:
    assert TypeAdapter(PrivateNetwork).validate_python(network) == ip_network(str(network))


@pytest.mark.parametrize(
    "network",
    ["0.0.0.0/0", "::/0", "10.0.0.0/7", "169.254.169.254", "169.254.0.0/16", "168.63.129.16/32",
     "8.8.8.8", "172.0.0.0/8", "fe80::/10", "2001:db8::/32", "::ffff:10.0.0.0/104", "10.1.2.3/8",
     "ten", "", 167772160, 1, True, 1.5, b"\x0a\x00\x00\x00", None, ["10.0.0.0", 8]],
)  # fmt: skip
def test_no_other_network_may(network: object) -> None:
    assert "no private network in quotes such as '10.1.0.0/16'" in refusal(PrivateNetwork, network)
