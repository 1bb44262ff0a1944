"""By hand: requests are exported for the e-tax bureau's batch import, results are uploaded."""

from collections.abc import Sequence
from datetime import datetime

from tenure.act.documents.invoicing.provider import Answer, FoundTitle, NotOffered, Status
from tenure.kernel.failures import Sentence
from tenure.records.invoicing.models import Invoice, InvoiceFile, Title
from tenure.records.invoicing.states import NUMBERED, FileFormat, InvoiceState, TitleKind

_DELIVER = Sentence(zh="由服务商发送", en="send it to the customer")
_MOST_TITLES = 10


class ByHand:
    """Nobody answers by itself: whatever is known stands in our own rows."""

    name = "manual"
    is_by_hand = True

    def issue_blue(self, invoice: Invoice, *, at: datetime) -> Answer:
        """It waits for a person."""
        return self.query(invoice, at=at)

    def query(self, invoice: Invoice, *, at: datetime) -> Answer:
        """What was uploaded, if anything was."""
        if invoice.state in NUMBERED:
            assert invoice.number is not None, "an issued one has its number"
            return Answer(Status.ISSUED, invoice.number, invoice.issued_on)
        if invoice.state == InvoiceState.FAILED:
            return Answer(Status.FAILED, why=invoice.failure)
        return Answer(Status.ISSUING)

    def reissue(self, invoice: Invoice, *, at: datetime) -> Answer:
        """It is exported again."""
        return self.query(invoice, at=at)

    def apply_red_confirmation(self, invoice: Invoice, *, at: datetime) -> str:
        """A person applies in the bureau; the number comes with the result."""
        return invoice.confirmation

    def issue_red(self, invoice: Invoice, *, at: datetime) -> Answer:
        """It waits for a person."""
        return self.query(invoice, at=at)

    def download(self, invoice: Invoice, *, form: FileFormat, at: datetime) -> bytes | None:
        """The file that was uploaded."""
        found = InvoiceFile.objects.filter(invoice=invoice, format=form).first()
        return bytes(found.content) if found is not None else None

    def deliver(self, invoice: Invoice, *, email: str, phone: str, at: datetime) -> None:
        """The customer finds it among the documents; the bureau sends nothing for us."""
        raise NotOffered(provider=self.name, what=_DELIVER)

    def title_lookup(self, name: str, *, at: datetime) -> Sequence[FoundTitle]:
        """Companies that customers of ours named before."""
        known = Title.objects.filter(
            kind=TitleKind.COMPANY, name__startswith=name, removed_at=None
        ).values_list("name", "tax_id")
        return [FoundTitle(*one) for one in sorted(set(known))[:_MOST_TITLES]]
