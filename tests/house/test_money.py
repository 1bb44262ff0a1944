"""Money is whole minor units: no float and no built-in `round` on its way."""

import ast
from collections.abc import Iterator

from tests.house.sources import Source, dotted, nodes, product_sources, source_of

EXACT = (
    "src/tenure/kernel/money.py",
    "src/tenure/kernel/currencies.py",
    "src/tenure/records/billing/",
    "src/tenure/records/catalog/",
    "src/tenure/act/payments/",
)


def exactness_findings(source: Source) -> Iterator[str]:
    """Floats and `round` where amounts are charged."""
    if not source.path.as_posix().startswith(EXACT):
        return
    # How alike two names are is no amount.
    keywords = (node for node in nodes(source.tree) if isinstance(node, ast.keyword))
    cutoffs = {keyword.value for keyword in keywords if keyword.arg == "cutoff"}
    for node in nodes(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            if node not in cutoffs:
                yield f"{source.at(node)} {node.value}"
        elif isinstance(node, ast.Name) and node.id in {"float", "round"}:
            yield f"{source.at(node)} {node.id}"
        elif isinstance(node, ast.Attribute) and node.attr == "FloatField":
            yield f"{source.at(node)} FloatField"


def unit_findings(source: Source) -> Iterator[str]:
    """Names that promise minor units and hold a float, anywhere in the product."""
    for node in nodes(source.tree):
        if isinstance(node, ast.arg) and node.arg.endswith("_minor") and node.annotation:
            if dotted(node.annotation) == "float":
                yield f"{source.at(node)} {node.arg}"
        elif isinstance(node, ast.AnnAssign) and dotted(node.target).endswith("_minor"):
            if dotted(node.annotation) == "float":
                yield f"{source.at(node)} {dotted(node.target)}"
        elif isinstance(node, ast.Assign) and dotted(node.value).endswith(".FloatField"):
            name = dotted(node.targets[0])
            if name.endswith("_minor"):
                yield f"{source.at(node)} {name}"


def findings(source: Source) -> list[str]:
    return [*exactness_findings(source), *unit_findings(source)]


def test_what_is_charged_is_never_a_float() -> None:
    assert [line for source in product_sources() for line in findings(source)] == []


def test_a_float_in_billing_is_found() -> None:
    path = "src/tenure/records/billing/rules.py"
    text = "def half(amount_minor: float):\n    return round(amount_minor * 0.5)\n"

    assert sorted(findings(source_of(text, path=path))) == [
        f"{path}:1 amount_minor",
        f"{path}:1 float",
        f"{path}:2 0.5",
        f"{path}:2 round",
    ]


def test_an_estimate_may_be_a_float_until_it_is_called_minor() -> None:
    path = "src/tenure/understand/value/models.py"
    text = "expected = models.FloatField()\nvalue_minor = models.FloatField()\n"

    assert findings(source_of(text, path=path)) == [f"{path}:2 value_minor"]
