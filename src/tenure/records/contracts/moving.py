"""The lock before every verb about a contract, and the one writer of its state."""

from tenure.records.contracts.models import Contract
from tenure.records.contracts.rules import CONTRACT, ContractVerb
from tenure.records.contracts.states import ContractState


def locked(contract_id: int) -> Contract:
    """The contract, locked until the transaction ends."""
    return Contract.objects.select_for_update().get(pk=contract_id)


def move(contract: Contract, verb: ContractVerb) -> None:
    """To where the table lets `verb` lead; the verb that calls it writes the journal."""
    contract.state = CONTRACT.after(ContractState(contract.state), verb)
    contract.save()
