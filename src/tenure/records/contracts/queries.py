"""Read contracts, their signatories and files."""

from collections.abc import Collection, Mapping

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.access.secrets import code_from
from tenure.records.contracts.models import Contract, ContractFile, Signatory


class NoSuchContract(Refusal):
    """An id that names no contract."""

    code = "no_such_contract"
    said = Sentence(
        zh="没有编号为“{name}”的合同；请核对编号。",
        en="There is no contract “{name}”; check the id.",
    )


def contracts_of(account_id: int, *, limit: int = 100) -> list[Contract]:
    """An account's contracts, newest first."""
    found = Contract.objects.filter(account_id=account_id).select_related("annex_of")
    return list(found.order_by("-drafted_at", "-pk")[:limit])


def by_public_id(public_id: str) -> Contract:
    """One contract.

    Raises:
        NoSuchContract
    """
    found = Contract.objects.filter(public_id=public_id).select_related("annex_of").first()
    if found is None:
        raise NoSuchContract(name=public_id)
    return found


def signatories_of(contract_id: int) -> list[Signatory]:
    """Who signs, in order."""
    return list(Signatory.objects.filter(contract_id=contract_id).order_by("place"))


def files_of(contract_id: int) -> list[ContractFile]:
    """Every file, from what was presented to what the last one signed."""
    return list(ContractFile.objects.filter(contract_id=contract_id).order_by("place"))


def codes_of(message_ids: Collection[int]) -> Mapping[int, str]:
    """Message → the digits that it carries, for those that carry a code for signing."""
    rows = Signatory.objects.filter(code_message__in=message_ids).exclude(code_nonce="")
    found = rows.values_list("code_message_id", "code_nonce")
    return {message: code_from(nonce) for message, nonce in found if message is not None}


def known_file(sha256: str) -> ContractFile | None:
    """The file of ours with this digest."""
    found = ContractFile.objects.filter(sha256=sha256).select_related("contract")
    return found.first()
