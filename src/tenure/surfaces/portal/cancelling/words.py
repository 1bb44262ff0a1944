"""The words of the public pages, in German too; those that a law fixes stand as it has them."""

from typing import Final

LANGUAGES: Final = ("de", "en", "zh-Hans")

# § 312k BGB: the closed list of fields and the words of the button (R-A-056, R-A-057).
TERMINATION: Final[dict[str, dict[str, str]]] = {
    "de": {
        "title": "Verträge hier kündigen",
        "kind": "Art der Kündigung",
        "ordinary": "ordentliche Kündigung",
        "extraordinary": "außerordentliche Kündigung",
        "reason": "Kündigungsgrund (nur bei außerordentlicher Kündigung)",
        "name": "Name",
        "contract": "Vertrag (Vertrags- oder Kundennummer)",
        "wished_on": "Zeitpunkt, zu dem gekündigt wird (sonst frühestmöglich)",
        "address": "E-Mail-Adresse für die Bestätigung",
        "button": "jetzt kündigen",
        "wrong_address": "Bitte geben Sie eine E-Mail-Adresse an, z. B. name@beispiel.de.",
        "wrong_day": "Bitte geben Sie das Datum so an: 2026-12-31.",
        "earliest": "zum frühestmöglichen Zeitpunkt",
        "content": "Ich kündige ({kind}) den Vertrag {contract}, {when}.",
    },
    "en": {
        "title": "Cancel a contract here",
        "kind": "Kind of cancellation",
        "ordinary": "ordinary",
        "extraordinary": "extraordinary (for cause)",
        "reason": "Reason (for an extraordinary cancellation only)",
        "name": "Name",
        "contract": "Contract (contract or customer number)",
        "wished_on": "Date on which it ends (otherwise the earliest possible)",
        "address": "E-mail address for the confirmation",
        "button": "cancel now",
        "wrong_address": "Give an e-mail address such as name@example.com.",
        "wrong_day": "Write the date like this: 2026-12-31.",
        "earliest": "at the earliest possible time",
        "content": "I cancel ({kind}) the contract {contract}, {when}.",
    },
    "zh-Hans": {
        "title": "在此解除合同",
        "kind": "解约类型",
        "ordinary": "普通解约",
        "extraordinary": "特别解约（有正当理由）",
        "reason": "理由（仅特别解约需要）",
        "name": "姓名",
        "contract": "合同（合同号或客户号）",
        "wished_on": "结束日期（不填则为最早可能的日期）",
        "address": "接收确认的邮箱",
        "button": "立即解约",
        "wrong_address": "请填写邮箱地址，例如 name@example.com。",
        "wrong_day": "日期请写成 2026-12-31 的样子。",
        "earliest": "最早可能的日期",
        "content": "本人解除（{kind}）合同 {contract}，{when}。",
    },
}

# CRD art. 11a: two steps, the second of them with one button and nothing else (R-A-052).
WITHDRAWAL: Final[dict[str, dict[str, str]]] = {
    "de": {
        "title": "Vertrag hier widerrufen",
        "name": "Name",
        "contract": "Vertrag (Vertrags- oder Kundennummer)",
        "address": "E-Mail-Adresse für die Bestätigung",
        "button": "Vertrag hier widerrufen",
        "confirm": "Widerruf bestätigen",
        "wrong_address": TERMINATION["de"]["wrong_address"],
        "content": "Ich widerrufe den Vertrag {contract}.",
    },
    "en": {
        "title": "Withdraw from contract here",
        "name": "Name",
        "contract": "Contract (contract or customer number)",
        "address": "E-mail address for the confirmation",
        "button": "withdraw from contract here",
        "confirm": "confirm withdrawal",
        "wrong_address": TERMINATION["en"]["wrong_address"],
        "content": "I withdraw from the contract {contract}.",
    },
    "zh-Hans": {
        "title": "在此撤回合同",
        "name": "姓名",
        "contract": "合同（合同号或客户号）",
        "address": "接收确认的邮箱",
        "button": "在此撤回合同",
        "confirm": "确认撤回",
        "wrong_address": TERMINATION["zh-Hans"]["wrong_address"],
        "content": "本人撤回合同 {contract}。",
    },
}

RECEIVED: Final[dict[str, dict[str, str]]] = {
    "de": {
        "title": "Ihre Erklärung ist eingegangen",
        "sent": "Die Bestätigung wird an {address} gesendet.",
        "download": "Erklärung speichern",
    },
    "en": {
        "title": "Your declaration was received",
        "sent": "The confirmation is sent to {address}.",
        "download": "Save the declaration",
    },
    "zh-Hans": {
        "title": "已收到您的声明",
        "sent": "确认将发送至 {address}。",
        "download": "保存声明",
    },
}
