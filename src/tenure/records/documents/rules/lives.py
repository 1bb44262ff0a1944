"""The lives of documents, as tables of moves."""

from enum import StrEnum

from tenure.kernel.lifecycle import Lifecycle
from tenure.records.documents.states import DocumentState


class DocumentVerb(StrEnum):
    """What may happen to a paper of ours."""

    VOID = "be voided"


DOCUMENT = Lifecycle(
    {(DocumentState.ISSUED, DocumentVerb.VOID): DocumentState.VOID},
    name="document",
    start=DocumentState.ISSUED,
)
