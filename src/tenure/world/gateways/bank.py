"""The account that customers of a rehearsal transfer to. No bank is played.

A transfer is told by the statement that an operator uploads.
"""

from typing import Final

ACCOUNT: Final = {
    "holder": "续航示例商户 · Tenure Demo",
    "bank": "示例银行 · Example Bank",
    "number": "0000 1111 2222 3333",
}
