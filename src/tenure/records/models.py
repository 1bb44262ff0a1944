"""Gathers the ideas' models, so that moving one between ideas needs no migration."""

from tenure.records.access.models import CustomerSession, LoginCode, Passkey
from tenure.records.billing.credits.models import CreditEntry
from tenure.records.billing.deductions.models import Deduction, DeductionAttempt
from tenure.records.billing.instalments.models import Instalment, InstalmentPayment, InstalmentPlan
from tenure.records.billing.ledger.models import Booking, BookingLine
from tenure.records.billing.mandates.models import AutoRenewConsent, Mandate
from tenure.records.billing.models import Payment, PaymentStep
from tenure.records.billing.orders.models import Order
from tenure.records.billing.refunds.models import Refund
from tenure.records.brought.models import BroughtFile
from tenure.records.calls.models import Call
from tenure.records.campaigns.models import (
    Campaign,
    CampaignLine,
    CampaignMember,
    CampaignSpend,
)
from tenure.records.cancellations.models import (
    Cancellation,
    Declaration,
    SaveOffer,
    WithdrawalWaiver,
)
from tenure.records.catalog.models import (
    AddOn,
    AddOnEntitlement,
    AddOnVersion,
    Entitlement,
    Plan,
    PlanVersion,
    Price,
)
from tenure.records.contacts.models import Message
from tenure.records.contracts.models import Contract, ContractFile, Signatory
from tenure.records.copies.models import Copied, Touched
from tenure.records.customers.models import (
    Account,
    Consent,
    ConsentRequest,
    ContactPoint,
    Person,
    TagRefusal,
)
from tenure.records.documents.models import Document, NumberSeries
from tenure.records.experiments.models import Assignment, Ending, Experiment
from tenure.records.feedback.models import (
    Answer,
    Invitation,
    LossReason,
    Post,
    SurveyWave,
    TicketCause,
)
from tenure.records.gifts.models import Gift, GiftCode, GiftStock
from tenure.records.goodwill.models import Goodwill, GoodwillGiver
from tenure.records.groups.models import Group, GroupPlace
from tenure.records.invoicing.models import Invoice, InvoiceFile, Title
from tenure.records.jobs.models import Fill, Follower, Lease, Run, StoredFile
from tenure.records.journal.models import Entry, JournalSeal
from tenure.records.keys.models import ApiKey
from tenure.records.loyalty.models import PointsLine, PointsLot, PointsMove
from tenure.records.maintenance.models import Maintenance, MaintenanceNode
from tenure.records.milestones.models import Milestone
from tenure.records.opinions.models import Opinion
from tenure.records.planning.models import Spending, Yardstick
from tenure.records.requests.models import DataRequest
from tenure.records.retention.models import LegalHold, RetentionNight
from tenure.records.salons.models import GiftCard, Salon, SalonGuest
from tenure.records.segments.models import SavedSegment, SegmentVersion
from tenure.records.service.models import Incident, Line, Node, Ticket, TicketPause
from tenure.records.sharing.models import ShareJoin, ShareLink
from tenure.records.stock.models import Promise, Stock, Withdrawal
from tenure.records.stores.models import StoreContract
from tenure.records.strategies.drafts.models import StrategyDraft
from tenure.records.strategies.models import Revision
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.models import (
    Attachment,
    ContractPeriod,
    PlannedChange,
    Subscription,
    Term,
    TermLine,
)
from tenure.records.subscriptions.reservations.models import Reservation
from tenure.records.subscriptions.usage.models import UsageDay
from tenure.records.success.models import ToDo
from tenure.records.views.models import ChosenColumns, MutedNotice, NoticeMail, SavedView
from tenure.records.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "Account",
    "AddOn",
    "AddOnEntitlement",
    "AddOnVersion",
    "Answer",
    "ApiKey",
    "Assignment",
    "Attachment",
    "AutoRenewConsent",
    "Batch",
    "BatchLine",
    "Benefit",
    "Booking",
    "BookingLine",
    "BroughtFile",
    "Call",
    "Campaign",
    "CampaignLine",
    "CampaignMember",
    "CampaignSpend",
    "Cancellation",
    "ChosenColumns",
    "Consent",
    "ConsentRequest",
    "ContactPoint",
    "Contract",
    "ContractFile",
    "ContractPeriod",
    "Copied",
    "CreditEntry",
    "CustomerSession",
    "DataRequest",
    "Declaration",
    "Deduction",
    "DeductionAttempt",
    "Document",
    "Ending",
    "Entitlement",
    "Entry",
    "Experiment",
    "Fill",
    "Follower",
    "Gift",
    "GiftCard",
    "GiftCode",
    "GiftStock",
    "Goodwill",
    "GoodwillGiver",
    "Group",
    "GroupPlace",
    "Incident",
    "Instalment",
    "InstalmentPayment",
    "InstalmentPlan",
    "Invitation",
    "Invoice",
    "InvoiceFile",
    "JournalSeal",
    "Lease",
    "LegalHold",
    "Line",
    "LoginCode",
    "LossReason",
    "Maintenance",
    "MaintenanceNode",
    "Mandate",
    "Message",
    "Milestone",
    "MutedNotice",
    "Node",
    "NoticeMail",
    "NumberSeries",
    "Opinion",
    "Order",
    "Passkey",
    "Payment",
    "PaymentStep",
    "Person",
    "Plan",
    "PlanVersion",
    "PlannedChange",
    "PointsLine",
    "PointsLot",
    "PointsMove",
    "Post",
    "Price",
    "Promise",
    "Refund",
    "Reservation",
    "RetentionNight",
    "Revision",
    "Run",
    "Salon",
    "SalonGuest",
    "SaveOffer",
    "SavedSegment",
    "SavedView",
    "SegmentVersion",
    "ShareJoin",
    "ShareLink",
    "Signatory",
    "Spending",
    "Stock",
    "StoreContract",
    "StoredFile",
    "StrategyDraft",
    "Subscription",
    "SurveyWave",
    "TagRefusal",
    "Term",
    "TermLine",
    "Ticket",
    "TicketCause",
    "TicketPause",
    "Title",
    "ToDo",
    "Touched",
    "UsageDay",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "Withdrawal",
    "WithdrawalWaiver",
    "Yardstick",
]
