"""Forks of a journey: ways by lot and by rule, and what is refused (JRN-01)."""

from hypothesis import given
from hypothesis import strategies as st

from tenure.strategy.forks import Branch, Fork
from tenure.strategy.journeys import Journey
from tenure.strategy.rules import holds
from tests.strategy.test_clocks import a_step, journeys, refused

WAY = '\n[[journey.fork.branch]]\nid = "{id}"\nname = {{ zh = "路", en = "Way" }}\n{more}\n'
BUSINESS = '[{ feature = "is_business", op = "==", value = 1 }]'
NEW = '[{ feature = "days_left", op = ">=", value = 60 }]'


def a_fork(*ways: tuple[str, str]) -> str:
    head = '\n[[journey.fork]]\nid = "which"\nname = { zh = "哪条", en = "Which" }\n'
    return head + "".join(WAY.format(id=name, more=more) for name, more in ways)


def lot(**weights: int) -> str:
    return a_fork(*((name, f"weight = {weight}") for name, weight in weights.items()))


def on(branch: str, *, days: int = 1, id: str = "", more: str = "") -> str:
    return a_step(id or branch, more=f'days_after = {days}\nbranch = "{branch}"\n{more}')


def some(*steps: str, fork: str) -> Journey:
    return journeys(*steps, more=fork)["some"]


def said(*steps: str, fork: str) -> str:
    return refused(fork, *steps)


def test_steps_of_different_branches_stand_on_the_same_day() -> None:
    found = some(on("warm"), on("plain"), a_step("later", more="days_after = 4"),
                 fork=lot(warm=1, plain=3))  # fmt: skip

    fork = found.forks[0]
    assert fork.is_by_lot
    assert [fork.share(one) for one in fork.branches] == [0.25, 0.75]
    assert [step.branch for step in found.steps] == ["warm", "plain", ""]
    assert found.lot_of(found.steps[0]) is fork
    assert found.lot_of(found.steps[2]) is None


def test_a_rule_takes_the_first_branch_that_holds_and_the_last_takes_everybody_else() -> None:
    fork = a_fork(("sleeper", f"when = {BUSINESS}"), ("new", f"when = {NEW}"), ("rest", ""))
    found = some(on("sleeper"), on("new"), on("rest"), fork=fork)

    def taken(**row: int) -> list[str]:
        return [step.branch for step in found.steps if holds(step.condition, row)]

    assert taken(is_business=1, days_left=90) == ["sleeper"]
    assert taken(is_business=0, days_left=90) == ["new"]
    assert taken(is_business=0, days_left=9) == ["rest"]


@given(is_business=st.sampled_from([0, 1, None]), days_left=st.none() | st.integers(0, 400))
def test_everybody_takes_exactly_one_branch(is_business: int | None, days_left: int | None) -> None:
    fork = a_fork(("sleeper", f"when = {BUSINESS}"), ("new", f"when = {NEW}"), ("rest", ""))
    steps = some(on("sleeper"), on("new"), on("rest"), fork=fork).steps
    row = {"is_business": is_business, "days_left": days_left}
    assert sum(holds(step.condition, row) for step in steps) == 1


@given(account=st.integers(1, 10**9))
def test_a_lot_gives_a_customer_one_branch_for_ever(account: int) -> None:
    fork = some(on("warm"), on("plain"), fork=lot(warm=1, plain=1)).forks[0]
    first = fork.drawn("some", account)
    assert first == fork.drawn("some", account)
    assert first in ("warm", "plain")


def test_a_lot_divides_as_its_weights_say_and_apart_from_other_journeys() -> None:
    fork = some(on("warm"), on("plain"), fork=lot(warm=1, plain=3)).forks[0]
    drawn = [fork.drawn("some", account) for account in range(8_000)]
    other = [fork.drawn("other", account) for account in range(8_000)]
    assert 0.235 < drawn.count("warm") / 8_000 < 0.265  # three standard errors: 1.5 points
    both = sum(a == b == "warm" for a, b in zip(drawn, other, strict=True))
    assert 0.05 < both / 8_000 < 0.075  # a quarter of a quarter


def test_the_version_changes_with_a_fork() -> None:
    same = [on("warm"), on("plain")]
    versions = {some(*same, fork=lot(warm=1, plain=n)).version for n in (1, 2)}
    assert len(versions) == 2
    assert Fork("a", some(*same, fork=lot(warm=1, plain=1)).name, ()).text == "a()"
    assert Branch("a", some(*same, fork=lot(warm=1, plain=1)).name).weight == 0


def test_what_cannot_be_a_fork_is_refused() -> None:
    one = (on("warm"),)
    assert "two branches at least" in said(*one, fork=lot(warm=1))
    assert "every weight is 0" in said(*one, fork=lot(warm=0, plain=0))
    mixed = a_fork(("warm", "weight = 1"), ("plain", f"when = {NEW}"))
    assert "not both" in said(*one, fork=mixed)
    no_way = a_fork(("warm", f"when = {NEW}"), ("plain", f"when = {BUSINESS}"))
    assert "somebody would have no way on" in said(*one, fork=no_way)
    unreached = a_fork(("warm", ""), ("plain", ""))
    assert "no branch after it" in said(*one, fork=unreached)
    assert "the nearest is “warm”" in said(on("warn"), fork=lot(warm=1, plain=1))
    follows = (on("warm"), on("plain", days=5, more='follows = "warm"'))
    assert "nobody would get there" in said(*follows, fork=lot(warm=1, plain=1))
    same_branch = (on("warm"), on("warm", id="again"))
    assert "cannot follow" in said(*same_branch, fork=lot(warm=1, plain=1))


def test_a_step_may_tell_other_programs_and_nobody_waits_for_their_answer() -> None:
    tells = a_step("crm", more='days_after = 1\nwebhook = "cooling_down"').replace(
        'message = "welcome"\nclass = "transactional"\nchannels = ["email"]\n', ""
    )
    step = journeys(tells)["some"].steps[0]
    assert (step.webhook, step.message, step.channels) == ("cooling_down", "", ())
    then = a_step("next", more='days_after = 9\nfollows = "crm"')
    assert "only tells other programs" in refused(tells, then)
    both = a_step("crm", more='days_after = 1\nwebhook = "cooling_down"')
    assert "“message” is not known here" in refused(both)
