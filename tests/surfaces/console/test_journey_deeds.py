"""Journeys are edited in the browser: checked, previewed with a real customer, saved, agreed to."""

import re
from copy import deepcopy
from html import unescape
from typing import Any

from django.test import Client

from tenure.act.journeys.versions import versions_in_use
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.drafts.models import StrategyDraft
from tenure.records.strategies.queries import current
from tenure.records.success.models import ToDo
from tenure.strategy.loading import build
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import a_customer, change_strategy
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}
EDIT = "/journeys/annual_renewal/edit"
TEXT = "text-plan_check-email-en-body"


def form_of(client: Client, edit: str = EDIT) -> dict[str, Any]:
    """What a browser would post if nothing was typed."""
    page = client.get(edit, headers=ENGLISH).content.decode()
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and not name[1].startswith("csrf"):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.S):
        found[name] = unescape(text)
    return found


def post(client: Client, form: dict[str, Any], **more: Any) -> str:
    answer = client.post(EDIT, {**form, **more}, headers=ENGLISH, follow=True)
    return unescape(answer.content.decode())


def test_a_journey_is_checked_previewed_and_saved_as_a_new_version(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    finish_day(broadband, a_customer(account={"name": "王桂兰", "external_id": "W-1"}))
    operator, before = sign_in("operator"), current()
    form = form_of(operator)

    nothing = post(operator, form, do="save")
    assert current().hash == before.hash
    wrong = post(operator, form, do="check", **{TEXT: "Dear {{ custmer_name }}"})
    no_way = post(operator, form, do="check", **{"step-0-way-0": ""})
    letters = post(operator, form, do="check", **{"step-0-days": "soon"})
    fine = post(operator, form, do="check", customer="W-1", **{TEXT: "Dear {{ customer_name }}!"})
    assert current().hash == before.hash
    saved = post(
        operator, form, do="save",
        **{
            TEXT: "Dear {{ customer_name }}!", "step-1-days": "100",
            "new-id": "t14", "new-days": "14", "new-name_zh": "两周", "new-name_en": "Two weeks",
            "new-message": "ends_soon", "new-way-0": "sms", "new-on_failure": "call",
        },
    )  # fmt: skip

    assert "in force" in nothing
    assert "customer_name" in wrong
    assert "there is no channel" in no_way
    assert "“soon” is no number of days" in letters
    assert "this would be version" in fine
    assert "王桂兰" in fine
    assert "keeps the old one" in saved
    after = current().at(AS_OF).journeys["annual_renewal"]
    assert [step.days_before for step in after.steps] == [180, 100, 30, 14, 7, 3]
    kept = before.at(AS_OF).journeys["annual_renewal"]
    assert after.step("t7").condition == kept.step("t7").condition
    assert {one.journey.version for one in versions_in_use(current())} >= {after.version}
    assert sign_in("support").get(EDIT).status_code == 403


def test_a_ready_journey_waits_for_a_second_person_where_journeys_say_so(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    change_strategy({"journeys.toml": {"second_person": True}})
    operator, owner = sign_in("operator"), sign_in("owner")

    asked = operator.post("/journeys/ready/win_back/add", headers=ENGLISH, follow=True)
    draft = StrategyDraft.objects.get()
    alone = operator.post(
        f"/journeys/drafts/{draft.pk}", {"do": "approve"}, headers=ENGLISH, follow=True
    )
    assert "win_back" not in current().at(AS_OF).journeys
    agreed = owner.post(
        f"/journeys/drafts/{draft.pk}", {"do": "approve"}, headers=ENGLISH, follow=True
    )

    assert "when a second person agrees" in asked.content.decode()
    assert "somebody else must agree" in alone.content.decode()
    assert "in force now" in agreed.content.decode()
    assert "win_back" in current().at(AS_OF).journeys
    assert "T+30" in operator.get("/journeys/win_back", headers=ENGLISH).content.decode()


def test_what_lets_a_customer_in_is_shown_and_edited(broadband: Warehouse, sign_in: SignIn) -> None:
    """JRN-18: a journey of several steps that a tag starts, in the viewer and the editor."""
    operator, edit = sign_in("operator"), "/journeys/early_help/edit"
    operator.post("/journeys/ready/early_help/add", headers=ENGLISH)
    form = form_of(operator, edit)

    neither = operator.post(edit, {**form, "do": "check", "start-tag": ""}, headers=ENGLISH)
    typed = {"do": "save", "start-tag": "", "start-event": "data_exported", "start-again": "30"}
    operator.post(edit, {**form, **typed}, headers=ENGLISH)

    assert form["start-tag"] == "core_idle_7"
    assert "either tag or event" in unescape(neither.content.decode())
    start = current().at(AS_OF).journeys["early_help"].start
    assert (start.tag, start.event, start.again_after_days) == ("", "data_exported", 30)
    page = operator.get("/journeys/early_help", headers=ENGLISH).content.decode()
    assert "enters when the event “data_exported” arrives, and anew after 30 days" in page
    assert "T+4" in page
    assert "data_exported" in operator.get("/journeys", headers=ENGLISH).content.decode()


def test_work_is_handed_to_another_department_with_a_day_and_a_reason(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """TEAM-04: the customer's timeline says who has it now; nothing goes to nobody."""
    term = a_customer().term
    todo = ToDo.objects.create(
        account=term.account, term=term, kind="call", owner_name="陈立", due_on=AS_OF,
        once_key="call:x", opened_at=AT,
    )  # fmt: skip
    operator = sign_in("operator")
    address = f"/todos/{todo.pk}/hand-over"

    nobody = operator.post(address, {"why": "busy"}, headers=ENGLISH, follow=True)
    past = operator.post(
        address,
        {"owner": "李", "why": "busy", "due_on": "2020-01-01"},
        headers=ENGLISH,
        follow=True,
    )
    assert ToDo.objects.get().owner_name == "陈立"
    asked = {"department": "operations", "why": "line noise", "due_on": "2026-06-18"}
    told = operator.post(address, asked, headers=ENGLISH, follow=True).content.decode()
    operator.post(address, asked, follow=True)

    found = ToDo.objects.get()
    assert (found.owner_name, found.department, str(found.due_on)) == (
        "", "operations", "2026-06-18",
    )  # fmt: skip
    assert "name a person or a department" in unescape(nobody.content.decode())
    assert "is before today" in past.content.decode()
    assert "Handed over to Operations" in told
    entry = Entry.objects.get(kind="todo.handed_over")
    assert (entry.content["from"], entry.content["why"]) == ("陈立", "line noise")
    assert "陈立" not in operator.get("/todos?department=operations").content.decode()
    assert operator.post(address, {"department": "moon", "why": "x"}).status_code == 400


def test_the_calendar_shows_festivals_themes_with_assets_and_news(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """JRN-17: what is coming, and which assets are missing for it."""
    document: Any = deepcopy(current().document)
    document["files"]["library.toml"] = {
        "effective_on": "2000-01-01",
        "theme": [
            {
                "id": "member_day", "name": {"zh": "会员日", "en": "Member day"},
                "from_on": "2026-07-01", "until_on": "2026-07-04",
                "asset": [
                    {"name": {"zh": "海报", "en": "Poster"}, "ready": True},
                    {"name": {"zh": "短片", "en": "Film"}},
                ],
            }
        ],
        "item": [
            {
                "id": "mesh", "kind": "news", "text": {"zh": "新组网", "en": "New mesh"},
                "from_on": "2026-06-20", "until_on": "2026-09-01",
            }
        ],
    }  # fmt: skip
    apply_strategy(build(document), by="test", at=AT.replace(year=2025, month=8))

    page = sign_in("analyst").get("/journeys/calendar", headers=ENGLISH).content.decode()

    for words in ("Dragon Boat Festival", "nobody is greeted", "Member day", "New mesh"):
        assert words in page
    assert "1 asset is missing: Film" in page
    assert "Spring Festival" not in page


RULES = "/journeys/annual_renewal/rules"


def rule_form(client: Client, which: str) -> dict[str, str]:
    page = client.get(f"{RULES}/{which}", headers=ENGLISH).content.decode()
    hidden = re.findall(r'<input type="hidden" name="(rule|base)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in hidden}


def test_the_rules_of_a_journey_are_edited_line_by_line(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """JRN-01: who enters and whom a step is for, as data, without a file."""
    finish_day(broadband, a_customer())
    operator, before = sign_in("operator"), current()

    form = rule_form(operator, "entry")
    added = operator.post(f"{RULES}/entry", {**form, "do": "add"}, headers=ENGLISH)
    typed = {**form, "rule": '{"all": [{"feature": "days_left", "op": ">=", "value": 1}]}'}
    wrong = {**typed, "f.0": "days_left", "o.0": ">=", "v.0": "soon", "do": "save"}
    refused = operator.post(f"{RULES}/entry", wrong, headers=ENGLISH, follow=True)
    assert current().hash == before.hash
    right = {**wrong, "v.0": "45"}
    saved = operator.post(f"{RULES}/entry", right, headers=ENGLISH, follow=True)

    assert 'name="f.0"' in added.content.decode()
    assert "needs" in refused.content.decode() or "is a number" in refused.content.decode()
    assert "keeps the old one" in saved.content.decode()
    rule = str(current().at(AS_OF).journeys["annual_renewal"].applies)
    assert "feature='days_left'" in rule
    assert "value=45" in rule
    assert operator.get(f"{RULES}/when.t7").status_code == 200
    for nothing in ("when", "entry.t7", "when.t8", "what.t7"):
        assert operator.get(f"{RULES}/{nothing}").status_code == 404
    assert sign_in("support").get(f"{RULES}/entry").status_code == 403


def test_a_lot_is_added_and_steps_are_put_on_its_branches(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    finish_day(broadband, a_customer())
    operator = sign_in("operator")
    post(
        operator, form_of(operator), do="save",
        **{"newfork-id": "tone", "newfork-branch-0": "warm", "newfork-branch-1": "plain"},
    )  # fmt: skip
    form = form_of(operator)
    form |= {"fork-tone-warm-weight": "3", "step-1-branch": "warm", "new-webhook": "crm_task",
             "new-id": "crm", "new-days": "90", "new-name_zh": "通知", "new-name_en": "Tell",
             "new-branch": "plain", "new-on_failure": "call"}  # fmt: skip
    saved = post(operator, form, do="save")

    assert "keeps the old one" in saved
    journey = current().at(AS_OF).journeys["annual_renewal"]
    fork = journey.forks[0]
    assert [fork.share(one) for one in fork.branches] == [0.75, 0.25]
    assert journey.step("t90").branch == "warm"
    tells = journey.step("crm")
    assert (tells.webhook, tells.branch, tells.days_before) == ("crm_task", "plain", 90)
    page = operator.get("/journeys/annual_renewal", headers=ENGLISH).content.decode()
    assert "75% by lot" in page
    assert "warm: Plan check" in page
    assert "crm_task" in page
