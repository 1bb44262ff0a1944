"""Requests go to public addresses alone (R-E-012)."""

import pytest

from tenure.act.webhooks.guard import ForbiddenAddress, Guard

PUBLIC, INTRANET = Guard(), Guard(is_intranet=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org",
        "https://",
        "https:///hook",
        "example.org",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://me:secret@example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://exam ple.org/",
    ],
)
def test_what_must_not_be_asked_is_refused_by_its_text(url: str) -> None:
    with pytest.raises(ForbiddenAddress) as refusal:
        PUBLIC.check_url(url)

    assert "secret" not in str(refusal.value)


def test_a_public_address_may_be_asked() -> None:
    assert PUBLIC.check_url("https://hooks.example.org:8443/a?b=c") == "hooks.example.org"
    assert PUBLIC.check_url("https://93.184.216.34/") == "93.184.216.34"


@pytest.mark.parametrize(
    ("found", "is_allowed"),
    [
        (["93.184.216.34"], True),
        (["93.184.216.34", "10.0.0.1"], False),
        (["::1"], False),
        (["169.254.169.254"], False),
        ([], False),
    ],
)
def test_every_address_of_a_host_is_judged(found: list[str], is_allowed: bool) -> None:
    def ask() -> str:
        return PUBLIC.judged_address(
            "https://a.example/", host="a.example", port=443, resolve=lambda host, port: found
        )

    if is_allowed:
        assert ask() == found[0]
    else:
        with pytest.raises(ForbiddenAddress):
            ask()


def test_an_intranet_reaches_private_addresses_but_no_metadata() -> None:
    assert INTRANET.check_url("http://10.0.0.8/hook") == "10.0.0.8"
    with pytest.raises(ForbiddenAddress):
        INTRANET.check_url("http://169.254.169.254/")
