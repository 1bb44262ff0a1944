"""Read documents: of an account, and by the id that stands in an address."""

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.documents.models import Document


class NoSuchDocument(Refusal):
    """An id that names no document of this account."""

    code = "no_such_document"
    said = Sentence(
        zh="没有编号为“{name}”的单据；请从单据列表重新打开。",
        en="There is no document “{name}”; open it again from the list of documents.",
    )


def documents_of(account_id: int, *, limit: int = 100) -> list[Document]:
    """An account's papers, newest first."""
    return list(
        Document.objects.filter(account_id=account_id).order_by("-issued_on", "-pk")[:limit]
    )


def document_of(account_id: int, *, public_id: str) -> Document:
    """One paper, for its owner alone.

    Raises:
        NoSuchDocument: there is none, or it is another account's.
    """
    found = Document.objects.filter(account_id=account_id, public_id=public_id).first()
    if found is None:
        raise NoSuchDocument(name=public_id)
    return found


def receipt_of(payment_id: int) -> Document | None:
    """The receipt in force for a payment."""
    return Document.objects.filter(
        payment_id=payment_id, kind=Document.Kind.RECEIPT, state=Document.State.ISSUED
    ).first()


def credit_notes_of(receipt_id: int) -> list[Document]:
    """What was taken back of a receipt, in the order in which it was."""
    return list(
        Document.objects.filter(corrects_id=receipt_id, state=Document.State.ISSUED).order_by("pk")
    )
