"""R-U-030: the database finds the names that typed letters mean."""

import pytest

from tenure.records.customers.models import Account
from tenure.records.customers.queries import spelled
from tests.builders import an_account

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("either_database")
def test_names_are_found_by_pinyin_and_first_letters() -> None:
    for name in ("张伟", "章薇薇", "王伟", "张", "Zhang Wei", "赵文"):
        an_account(name=name)

    def found(typed: str) -> set[str]:
        return set(Account.objects.filter(spelled(typed)).values_list("name", flat=True))

    assert found("zhangwei") == {"张伟", "章薇薇"}
    assert found("zw") == {"张伟", "章薇薇", "赵文"}
    assert found("zhang") == {"张伟", "章薇薇", "张"}
    assert found("C-1") == found("") == found("z' or 1=1") == set()
