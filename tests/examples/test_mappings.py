"""The mappings of the examples fit their files, and say what a few lines of each mean."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tenure.kernel.clock import FixedClock
from tenure.observe.imports.actions import Hands, ImportDone, Order, import_directory
from tenure.observe.imports.files.finding import plan_of
from tenure.observe.intake.models import InboxEvent
from tenure.records.customers.models import Account
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Subscription, Term
from tests.builders import AT

EXAMPLES = Path(__file__).parents[2] / "examples"
HEADERS = {
    "ravenstack": {
        "ravenstack_accounts.csv": "account_id,account_name,industry,country,signup_date,"
        "referral_source,plan_tier,seats,is_trial,churn_flag",
        "ravenstack_subscriptions.csv": "subscription_id,account_id,start_date,end_date,"
        "plan_tier,seats,mrr_amount,arr_amount,is_trial,upgrade_flag,downgrade_flag,churn_flag,"
        "billing_frequency,auto_renew_flag",
        "ravenstack_feature_usage.csv": "usage_id,subscription_id,usage_date,feature_name,"
        "usage_count,usage_duration_secs,error_count,is_beta_feature",
        "ravenstack_support_tickets.csv": "ticket_id,account_id,submitted_at,closed_at,"
        "resolution_time_hours,priority,first_response_time_minutes,satisfaction_score,"
        "escalation_flag",
        "ravenstack_churn_events.csv": "churn_event_id,account_id,churn_date,reason_code,"
        "refund_amount_usd,preceding_upgrade_flag,preceding_downgrade_flag,is_reactivation,"
        "feedback_text",
    },
    "telco": {
        "Telco-Customer-Churn.csv": "customerID,gender,SeniorCitizen,Partner,Dependents,tenure,"
        "PhoneService,MultipleLines,InternetService,OnlineSecurity,OnlineBackup,DeviceProtection,"
        "TechSupport,StreamingTV,StreamingMovies,Contract,PaperlessBilling,PaymentMethod,"
        "MonthlyCharges,TotalCharges,Churn",
    },
    "megaline": {
        "megaline_users.csv": "user_id,first_name,last_name,age,city,reg_date,tariff,churn_date",
        "megaline_plans.csv": "messages_included,mb_per_month_included,minutes_included,"
        "usd_monthly_pay,usd_per_gb,usd_per_message,usd_per_minute,plan_name",
        "megaline_calls.csv": "id,user_id,call_date,duration",
        "megaline_internet.csv": "id,user_id,session_date,mb_used",
        "megaline_messages.csv": "id,user_id,message_date",
    },
}

# A few made-up lines in the manner of each file.
LINES = {
    "ravenstack_accounts.csv": "A-1,Acme,EdTech,UK,2024-01-10,partner,Pro,9,False,True",
    "ravenstack_subscriptions.csv": "S-1,A-1,2024-01-31,,Pro,9,441,5292,False,False,False,False,"
    "monthly,True\r\nS-2,A-1,2024-02-10,2024-08-10,Basic,2,38,456,False,False,False,True,annual,"
    "False",
    "ravenstack_feature_usage.csv": "U-1,S-1,2024-05-01,feature_3,9,1458,1,True",
    "ravenstack_support_tickets.csv": "T-1,A-1,2024-05-01,2024-05-02 03:00:00,27.0,high,74,4.0,"
    "False\r\nT-2,A-1,2024-06-01,2024-06-02 03:00:00,27.0,low,10,,False",
    "ravenstack_churn_events.csv": "C-1,A-1,2024-08-10,budget,4.03,False,False,False,too dear",
    "Telco-Customer-Churn.csv": "0001-A,Female,0,Yes,No,17,No,No phone service,DSL,No,Yes,No,No,"
    "No,No,One year,Yes,Mailed check,29.85,507.45,No\n0002-B,Male,1,No,No,2,Yes,No,Fiber optic,"
    "No,No,No,No,No,No,Month-to-month,Yes,Electronic check,70.00,140.00,Yes\n0003-C,Male,0,No,No,"
    "0,Yes,No,No,No internet service,No,No,No,No,No,Two year,No,Credit card (automatic),19.9, ,No",
    "megaline_users.csv": '1000,Ana,Bauer,45,"Atlanta, GA MSA",24/08/2018,ultimate,\n'
    '1001,Mickey,Hill,28,"Seattle, WA MSA",13/09/2018,surf,07/10/2018',
    "megaline_plans.csv": "50,15360,500,20,10,0.03,0.03,surf\n"
    "1000,30720,3000,70,7,0.01,0.01,ultimate",
    "megaline_calls.csv": "1000_1,1000,27/12/2018,8.52",
    "megaline_internet.csv": "1000_1,1000,31/12/2018,512",
    "megaline_messages.csv": "1000_1,1000,01/12/2018",
}


def written(name: str, folder: Path, *, with_lines: bool) -> Path:
    """The files of a set, with their real headers."""
    for file, header in HEADERS[name].items():
        text = f"{header}\r\n" + (f"{LINES[file]}\r\n" if with_lines else "")
        (folder / file).write_text(text, encoding="utf-8", newline="")
    return folder


def taken(name: str, folder: Path) -> ImportDone:
    order = Order(written(name, folder, with_lines=True), EXAMPLES / name / "mapping.toml")
    return import_directory(order, hands=Hands(FixedClock(AT), "test", lambda done, what: None))


@pytest.fixture
def empty(db: None, settings: Any, tmp_path: Path) -> Path:
    settings.TENURE_HOME = tmp_path / "home"
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", HEADERS)
def test_the_mapping_fits_the_files(name: str, tmp_path: Path) -> None:
    folder = written(name, tmp_path, with_lines=False)

    plan = plan_of(folder, mapping=EXAMPLES / name / "mapping.toml")

    assert {one.file.name for one in plan.files} == HEADERS[name].keys()
    assert plan.left_alone == []


def test_ravenstack_tells_seats_months_and_minutes(empty: Path) -> None:
    done = taken("ravenstack", empty)

    assert (done.total("read"), done.total("rejected"), done.first_faults) == (7, 0, [])
    account = Account.objects.get()
    assert (account.country, account.currency, account.kind) == ("GB", "USD", "business")
    monthly = Subscription.objects.get(external_id="S-1")
    assert (monthly.quantity, monthly.auto_renew, monthly.state) == (9, True, "active")
    terms = Term.objects.filter(subscription=monthly).order_by("number")
    assert [str(one.starts_on) for one in terms[:3]] == ["2024-01-31", "2024-02-29", "2024-03-31"]
    assert {one.price_minor for one in terms} == {44_100}
    ended = Term.objects.get(subscription__external_id="S-2")
    assert (ended.price_minor, ended.state, ended.closed_on) == (
        45_600,
        "cancelled",
        date(2024, 8, 10),
    )
    event = json.loads(InboxEvent.objects.get().raw)
    assert event["properties"]["minutes"] == pytest.approx(24.3)
    ticket = Ticket.objects.get(external_id="T-1")
    assert ticket.answered_at is not None
    assert (ticket.answered_at - ticket.opened_at).total_seconds() == 74 * 60


def test_telco_counts_back_from_the_day_of_the_snapshot(empty: Path) -> None:
    done = taken("telco", empty)

    assert (done.total("stored"), done.total("rejected")) == (3, 0)
    yearly = Term.objects.filter(subscription__external_id="0001-A").order_by("number")
    assert [(str(one.starts_on), one.state) for one in yearly] == [
        ("2018-01-01", "renewed"),
        ("2019-01-01", "running"),
    ]
    assert yearly[0].price_minor == 12 * 2_985
    left = Term.objects.filter(subscription__external_id="0002-B").order_by("-number")[0]
    assert (left.state, left.ends_on, left.closed_on) == (
        "cancelled",
        date(2019, 6, 1),
        date(2019, 6, 1),
    )
    new = Subscription.objects.get(external_id="0003-C")
    assert (new.started_on, new.plan_version.plan.code) == (date(2019, 6, 1), "phone")


def test_megaline_takes_prices_from_the_second_file_and_turns_megabytes(empty: Path) -> None:
    done = taken("megaline", empty)

    assert (done.total("stored"), done.total("rejected")) == (7, 0)
    last = Term.objects.filter(subscription__external_id="1000").order_by("-number")[0]
    assert (last.starts_on, last.price_minor, last.state) == (date(2018, 12, 24), 7_000, "running")
    assert Account.objects.get(external_id="1001").region == "Seattle, WA MSA"
    amounts = {
        event.message_id: json.loads(event.raw)["properties"] for event in InboxEvent.objects.all()
    }
    assert amounts == {
        "call-1000_1": {"meter": "minutes", "amount": 8.52},
        "net-1000_1": {"meter": "gb", "amount": 0.5},
        "sms-1000_1": {"meter": "messages", "amount": 1},
    }
