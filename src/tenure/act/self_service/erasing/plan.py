"""What an erasure deletes and what it keeps: one table, for the preview and for the deed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from tenure.act.channels.models import MessageCredit, PushDevice
from tenure.act.habits.models import Habit
from tenure.kernel.failures import Sentence
from tenure.kernel.periods import add_months
from tenure.observe.intake.models import InboxEvent
from tenure.records.access.models import CustomerSession, LoginCode, Passkey
from tenure.records.billing.mandates.models import AutoRenewConsent
from tenure.records.billing.models import Payment
from tenure.records.brought.models import BroughtFile
from tenure.records.cancellations.models import Cancellation, Declaration, WithdrawalWaiver
from tenure.records.contacts.models import Message
from tenure.records.contracts.models import Contract
from tenure.records.customers.models import (
    Account,
    Consent,
    ConsentRequest,
    ContactPoint,
    Person,
    TagRefusal,
)
from tenure.records.documents.models import Document
from tenure.records.feedback.models import Answer, Invitation, LossReason, Post, TicketCause
from tenure.records.gifts.models import Gift
from tenure.records.invoicing.models import Invoice, Title
from tenure.records.loyalty.models import PointsMove
from tenure.records.milestones.models import Milestone
from tenure.records.opinions.models import Opinion
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.success.models import ToDo

# Ledgers and invoices are kept ten years in China (税收征收管理法实施细则 art. 29) and Germany
# (HGB § 257, AO § 147), longer than anywhere else that we know of.
RETENTION_MONTHS: Final = 120
TOMBSTONE: Final = "erased"

type Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Deletion:
    """One kind of record: which rows of an account, and what is done to them."""

    name: str
    title: Sentence
    find: Callable[[int], Rows]
    blanks: Mapping[str, Any] | None = None  # None: the rows themselves go

    def count(self, account_id: int) -> int:
        """How many rows there are to do this to."""
        return self.find(account_id).count()

    def carry_out(self, account_id: int) -> int:
        """Do it; how many rows."""
        rows = self.find(account_id)
        if self.blanks is None:
            return sum(rows.delete()[1].values())
        return int(rows.update(**self.blanks))


@dataclass(frozen=True, slots=True)
class Keeping:
    """One kind of record that stays without a name, and the law that wants it."""

    name: str
    title: Sentence
    ground: Sentence
    model: type[Model]
    owner: str = "account_id"

    def count(self, account_id: int) -> int:
        """How many rows stay."""
        return self.model._default_manager.filter(**{self.owner: account_id}).count()


def _of(model: type[Model], owner: str = "account_id") -> Callable[[int], Rows]:
    return lambda account_id: model._default_manager.filter(**{owner: account_id})


def _written(model: type[Model], *fields: str, owner: str = "account_id") -> Callable[[int], Rows]:
    """The rows in which one of these texts says something."""
    says = Q()
    for field in fields:
        says |= ~Q(**{field: ""})
    return lambda account_id: model._default_manager.filter(says, **{owner: account_id})


def _milestones(account_id: int) -> Rows:
    """Steps are kept by the customer's number in another system; this runs before it is erased."""
    number = Account.objects.filter(
        pk=account_id, source=OuterRef("party_source"), external_id=OuterRef("party")
    )
    return Milestone.objects.filter(Exists(number))


def _credits(account_id: int) -> Rows:
    """What a reader allowed is kept by address; this runs before addresses are gone."""
    points = ContactPoint.objects.filter(person__account_id=account_id)
    return MessageCredit.objects.filter(address__in=points.values("address"))


DELETIONS: Final = (
    Deletion(
        "message_credits",
        Sentence(zh="微信订阅消息的授权次数", en="Leave for messages of WeChat"),
        _credits,
    ),
    Deletion(
        "devices",
        Sentence(zh="允许推送的浏览器和手机", en="Browsers and telephones that may be woken"),
        _of(PushDevice, "person__account_id"),
    ),
    Deletion(
        "habits",
        Sentence(zh="学到的联系习惯", en="What was learned of how you answer"),
        _of(Habit, "person__account_id"),
    ),
    Deletion(
        "contact_points",
        Sentence(zh="邮箱、电话等联系方式", en="E-mail addresses, telephone numbers"),
        _of(ContactPoint, "person__account_id"),
    ),
    Deletion(
        "passkeys", Sentence(zh="通行密钥", en="Passkeys"), _of(Passkey, "person__account_id")
    ),
    Deletion("codes", Sentence(zh="登录验证码", en="Codes"), _of(LoginCode, "person__account_id")),
    Deletion(
        "consent_requests",
        Sentence(zh="待确认同意的邮箱和网络地址", en="Addresses at which consents were confirmed"),
        _written(ConsentRequest, "address", "asked_ip", "confirmed_ip", owner="person__account_id"),
        {"address": "", "disclosure": "", "asked_ip": "", "confirmed_ip": ""},
    ),
    Deletion("sessions", Sentence(zh="登录记录", en="Sessions"), _of(CustomerSession)),
    Deletion(
        "messages",
        Sentence(zh="消息的正文和收件地址", en="Texts and addresses of messages"),
        _written(Message, "subject", "body", "address"),
        {"subject": "", "body": "", "address": ""},
    ),
    Deletion(
        "tickets",
        Sentence(zh="服务单的描述", en="What tickets said"),
        _written(Ticket, "subject"),
        {"subject": ""},
    ),
    Deletion(
        "gifts",
        Sentence(zh="礼物的收件人和地址", en="Names and addresses for presents"),
        _written(Gift, "recipient", "phone", "address"),
        {"recipient": "", "phone": "", "address": ""},
    ),
    Deletion("brought", Sentence(zh="从别处带来的资料", en="Data brought along"), _of(BroughtFile)),
    Deletion(
        "answers",
        Sentence(zh="调研留言", en="Words in surveys"),
        _written(Answer, "text"),
        {"text": ""},
    ),
    Deletion(
        "invitations",
        Sentence(zh="调研中的选择和留言", en="Choices and words in invitations to surveys"),
        _written(Invitation, "text"),
        {"text": ""},
    ),
    Deletion(
        "posts",
        Sentence(zh="社区帖子的作者和内容", en="Authors and words of posts"),
        _written(Post, "author", "text"),
        {"author": "", "text": "", "link": ""},
    ),
    Deletion(
        "causes",
        Sentence(zh="投诉根因的说明", en="Words about causes of complaints"),
        _written(TicketCause, "text", owner="ticket__account_id"),
        {"text": ""},
    ),
    Deletion(
        "reasons",
        Sentence(zh="离开原因中的留言", en="Words about leaving"),
        _written(LossReason, "text"),
        {"text": ""},
    ),
    Deletion(
        "todos",
        Sentence(zh="电话脚本", en="Scripts of calls"),
        lambda account_id: ToDo.objects.filter(account_id=account_id).exclude(script={}),
        {"script": {}, "reasons": []},
    ),
    Deletion(
        "opinions",
        Sentence(zh="客户经理的判断说明", en="Words of account managers about renewals"),
        _written(Opinion, "note"),
        {"note": ""},
    ),
    Deletion(
        "milestones",
        Sentence(zh="其他系统登记的线索与节点", en="Leads and steps that other systems told"),
        _milestones,
    ),
    Deletion(
        "consent_evidence",
        Sentence(zh="同意记录中的文字凭据", en="Words kept as evidence of consents"),
        _written(Consent, "evidence", owner="person__account_id"),
        {"evidence": ""},
    ),
    Deletion(
        "titles",
        Sentence(zh="发票抬头簿", en="Title book for invoices"),
        lambda account_id: Title.objects.filter(account_id=account_id).exclude(
            pk__in=Invoice.objects.filter(reissue_title__isnull=False).values("reissue_title_id")
        ),
    ),
    Deletion(
        "cancel_words",
        Sentence(zh="取消时的留言", en="Words at cancelling"),
        _written(Cancellation, "reason_text"),
        {"reason_text": ""},
    ),
    Deletion(
        "consent_places",
        Sentence(zh="自动续费同意的网络地址和设备", en="Network address and device of consents"),
        _written(AutoRenewConsent, "ip", "user_agent"),
        {"ip": "", "user_agent": ""},
    ),
    Deletion(
        "waiver_places",
        Sentence(zh="放弃撤回权时的网络地址和设备", en="Network address and device of waivers"),
        _written(WithdrawalWaiver, "ip", "user_agent"),
        {"ip": "", "user_agent": ""},
    ),
    Deletion("tag_refusals", Sentence(zh="已删除标签的名单", en="Deleted tags"), _of(TagRefusal)),
    Deletion(
        "inbox_events",
        Sentence(zh="待处理的使用行为", en="Use that waits to be stored"),
        _of(InboxEvent),
    ),
)
_BOOKS: Final = Sentence(
    zh="账簿、凭证法定保存期（税收征收管理法实施细则第 29 条；GDPR 第 17(3)(b) 条）",
    en="books that the law wants kept (China: rules of tax collection art. 29; GDPR 17(3)(b))",
)
_PROOF: Final = Sentence(
    zh="证明曾获同意（GDPR 第 7(1) 条），不含姓名和地址",
    en="proof that consent was given (GDPR 7(1)), without name and address",
)
_CLAIMS: Final = Sentence(
    zh="合同与权利主张的证据（GDPR 第 17(3)(e) 条；民法典第 188 条时效）",
    en="evidence of contracts and claims (GDPR 17(3)(e); limitation of claims)",
)
KEEPINGS: Final = (
    Keeping("payments", Sentence(zh="付款记录", en="Payments"), _BOOKS, Payment),
    Keeping("documents", Sentence(zh="收据和发票资料", en="Receipts, invoices"), _BOOKS, Document),
    Keeping("subscriptions", Sentence(zh="合约编号与起止", en="Contracts"), _BOOKS, Subscription),
    Keeping("invoices", Sentence(zh="发票申请", en="Requests for invoices"), _BOOKS, Invoice),
    Keeping("signed", Sentence(zh="已签署的合同", en="Signed contracts"), _CLAIMS, Contract),
    Keeping(
        "declarations",
        Sentence(zh="解约和撤回声明", en="Declarations of ending or withdrawal"),
        _CLAIMS,
        Declaration,
    ),
    Keeping(
        "auto_renewal",
        Sentence(zh="自动续费同意的文本和时间", en="Consents to automatic renewal"),
        _PROOF,
        AutoRenewConsent,
    ),
    Keeping(
        "waivers",
        Sentence(zh="放弃撤回权的文本和时间", en="Waivers of the right to withdraw"),
        _PROOF,
        WithdrawalWaiver,
    ),
    Keeping("points", Sentence(zh="积分收支", en="Movements of points"), _BOOKS, PointsMove),
    Keeping("terms", Sentence(zh="各期的日期和金额", en="Terms: days and amounts"), _BOOKS, Term),
    Keeping(
        "consents",
        Sentence(zh="同意与撤回的时间", en="When consents were given and withdrawn"),
        _PROOF,
        Consent,
        "person__account_id",
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the preview."""

    title: Sentence
    count: int
    ground: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do now."""

    deleted: tuple[Line, ...]
    kept: tuple[Line, ...]
    kept_until: date


def preview(account_id: int, *, on: date) -> Preview:
    """Count what would go and what would stay; nothing is changed."""
    people = Person.objects.filter(account_id=account_id).count()
    names = Line(Sentence(zh="姓名、客户号等身份资料", en="Names, customer number"), people + 1)
    deleted = [Line(one.title, one.count(account_id)) for one in DELETIONS]
    kept = [Line(one.title, one.count(account_id), one.ground) for one in KEEPINGS]
    return Preview(
        deleted=(names, *(one for one in deleted if one.count)),
        kept=tuple(one for one in kept if one.count),
        kept_until=kept_until(on),
    )


def kept_until(on: date) -> date:
    """Until when the books are kept: ten years after the end of this one."""
    return add_months(date(on.year + 1, 1, 1), RETENTION_MONTHS)


def anonymous(account_id: int) -> Mapping[str, Any]:
    """What stands in an account's row afterwards."""
    return {
        "name": TOMBSTONE,
        "external_id": f"{TOMBSTONE}-{account_id}",
        "region": "",
        "attributes": {},
    }


def forget_names(account_id: int) -> int:
    """Put a tombstone in the place of every name; how many rows."""
    people = Person.objects.filter(account_id=account_id)
    for person_id in people.values_list("pk", flat=True):
        Person.objects.filter(pk=person_id).update(
            name=TOMBSTONE,
            external_id=f"{TOMBSTONE}-{person_id}",
            zone="",
            born_year=None,
            preferred_channels=[],
            preferred_from=None,
            preferred_until=None,
            personalised=False,
        )
    Subscription.objects.filter(account_id=account_id).update(attributes={})
    Account.objects.filter(pk=account_id).update(**anonymous(account_id))
    return people.count() + 1
