"""R-C-006: links of messages lead to the business's own places alone, whatever customers typed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.messages import links
from tenure.act.messages.actions import dispatch
from tenure.act.messages.links import foreign_links
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Person
from tenure.strategy.loading import preset
from tenure.strategy.message_checks import hosts_of
from tests.builders import AS_OF, a_message, a_term, at_on

HOSTS = hosts_of(preset("broadband"))


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("续费：https://my.lanjiang.example/renew/a，谢谢", ()),
        ("https://www.lanjiang.example/terms HTTPS://WWW.lanjiang.example", ()),
        ("http://evil.example/x 和 HTTP://Evil.example", ("evil.example",)),
        ("https://my.lanjiang.example.evil.example/renew", ("my.lanjiang.example.evil.example",)),
        ("https://my.lanjiang.example@evil.example/", ("evil.example",)),
        ("www.evil.example", ("www.evil.example",)),
        ("//evil.example/x", ("evil.example",)),
        ("https://notlanjiang.example", ("notlanjiang.example",)),
        ("https://[broken", ("",)),
        ("没有链接", ()),
    ],
)
def test_each_host_is_ours_or_named(text: str, foreign: tuple[str, ...]) -> None:
    assert foreign_links(text, HOSTS) == foreign


PIECES = (
    "https://", "http:", "//", "/", "my.lanjiang.example", "evil.example", "www.", "WWW.", "@", "?",
    " ", "，", "谢谢", "a", "[", ":", "#",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_the_short_way_lets_through_what_the_long_one_does(text: str) -> None:
    """Whatever is plainly ours is ours to the whole rule too."""
    if links._all_ours(text, HOSTS):
        found = [links._host(links._origin(one.group())) for one in links._LINK.finditer(text)]
        assert all(host in HOSTS for host in found)


def test_a_business_may_name_more_hosts() -> None:
    assert foreign_links("https://docs.other.example/a", HOSTS | {"docs.other.example"}) == ()


@pytest.mark.django_db
@pytest.mark.usefixtures("strategy")
def test_a_name_that_is_a_link_holds_its_message_back_and_no_other() -> None:
    morning = at_on(AS_OF, 10)
    bad, good = (
        a_message(
            term=a_term(days_left=7),
            channel="letter",
            address="浙江省杭州市滨江区望澜路 88 号",
            template="ends_soon",
            message_class=Message.Class.TRANSACTIONAL,
            planned_at=morning,
            expires_at=morning + timedelta(days=5),
        )
        for _ in range(2)
    )
    Person.objects.filter(pk=bad.person_id).update(name="https://evil.example/pay")

    dispatch(at=morning)

    found = {one.pk: (one.state, one.reason) for one in Message.objects.all()}
    assert found[bad.pk] == ("suppressed", "foreign_link")
    assert found[good.pk][0] == "sent"
