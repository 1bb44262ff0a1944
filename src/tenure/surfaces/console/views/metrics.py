"""Metrics: every number of the business, its definition, its trend and its slices."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.kernel import clock
from tenure.records.customers.models import Account
from tenure.records.planning.queries import targets
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, may, needs
from tenure.surfaces.console.metrics_page import GROUPS, Chosen, Line, MetricsPage, chart_of
from tenure.understand.metrics import behind, queries
from tenure.understand.metrics.exports import FORMS, Form, as_bytes, rows_of, told
from tenure.understand.metrics.metric import MONTH_SLICES
from tenure.understand.metrics.own import own_metrics
from tenure.understand.metrics.registry import METRICS

SPANS: Final = (6, 12, 24)
ROWS_SHOWN: Final = 200
MONEY_BEHIND: Final = frozenset({"mrr", "grr", "nrr", "renewal_value_gross", "renewal_value_net"})


@needs(Right.READ)
def metrics(request: HttpRequest) -> HttpResponse:
    """The overview, or one group of metrics."""
    stands = shell.standing()
    content = {
        "shell": shell.of(request, stands),
        "groups": GROUPS,
        "spans": SPANS,
        "endings": FORMS,
    }
    if stands.as_of is None:
        return render(request, "console/metrics_empty.html", content)
    chosen = _chosen(request)
    page = MetricsPage(
        as_of=stands.as_of,
        currency=stands.strategy.business.currency,
        chosen=chosen,
        readings=queries.headline(as_of=stands.as_of, days_before=365),
        series=queries.series(
            as_of=stands.as_of,
            months=chosen.months,
            place=(chosen.slice_by, chosen.slice_value),
        ),
        cohorts=queries.cohorts() if not chosen.group else (),
        targets=targets(on=clock.today(stands.zone, clock.now())),
    )
    values = queries.slice_values(as_of=stands.as_of, slices=MONTH_SLICES)
    return render(
        request,
        "console/metrics.html",
        {**content, "page": page, "slice_values": values, "alerts": queries.alerts(stands.as_of)},
    )


def _chosen(request: HttpRequest) -> Chosen:
    group = request.GET.get("group", "")
    span = request.GET.get("months", "")
    by, _, value = request.GET.get("slice", "").partition(":")
    return Chosen(
        group=group if group in GROUPS else "",
        months=int(span) if span in {str(one) for one in SPANS} else SPANS[1],
        slice_by=by if by in MONTH_SLICES else "",
        slice_value=value if by in MONTH_SLICES else "",
    )


@needs(Right.READ)
def metric(request: HttpRequest, metric_id: str) -> HttpResponse:
    """One metric: its definition, its trend, and its slices."""
    stands = shell.standing()
    every = METRICS | own_metrics()
    found = every.get(metric_id)
    if found is None or stands.as_of is None:
        raise Http404
    points = queries.points(found, as_of=stands.as_of)
    slices = queries.slices_of(metric_id, as_of=points[-1].as_of if points else stands.as_of)
    shown = {
        "shell": shell.of(request, stands),
        "metric": found,
        "line": Line(
            found,
            points[-1] if points else None,
            tuple(points),
            targets(on=clock.today(stands.zone, clock.now())).get(found.id),
        ),
        "slices": slices,
        "chart": chart_of(found, points, currency=stands.strategy.business.currency),
        "currency": stands.strategy.business.currency,
        "is_opened": metric_id in behind.OPENED and may(request, Right.SEE_PEOPLE),
        "earlier": queries.earlier(found, as_of=points[-1].as_of) if points else (),
        "needed_by": [one for one in METRICS.values() if metric_id in one.depends_on],
        "depends_on": [METRICS[one] for one in found.depends_on],
    }
    return render(request, "console/metric.html", shown)


@needs(Right.READ)
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Every metric of the last finished day with its slices, as a file (DAT-05)."""
    stands = shell.standing()
    if ending not in FORMS or stands.as_of is None:
        raise Http404
    rows = rows_of(stands.as_of, language=wording.reader_language())
    answer = HttpResponse(as_bytes(rows, Form(f".{ending}")), content_type=FORMS[ending])
    name = f"metrics-{stands.as_of.isoformat()}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@needs(Right.READ)
def points_as_csv(request: HttpRequest, metric_id: str) -> HttpResponse:
    """The points of one metric's chart as a file (R-U-042)."""
    stands = shell.standing()
    found = (METRICS | own_metrics()).get(metric_id)
    if found is None or stands.as_of is None:
        raise Http404
    lines = [
        {
            "as_of": one.as_of.isoformat(),
            "version": one.version,
            "value": told(found, one),
            "num": one.num,
            "den": one.den,
            "n": one.rows,
        }
        for one in queries.points(found, as_of=stands.as_of)
    ]
    return _file(lines, f"{metric_id}-points-{stands.as_of.isoformat()}.csv")


def _file(lines: list[dict[str, Any]], name: str) -> HttpResponse:
    answer = HttpResponse(as_bytes(lines, Form.CSV) if lines else b"", content_type=FORMS["csv"])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@needs(Right.SEE_PEOPLE)
def rows(request: HttpRequest, metric_id: str) -> HttpResponse:
    """The customers or due terms behind one figure, with what each adds to it (R-M-022)."""
    stands = shell.standing()
    found = METRICS.get(metric_id)
    if found is None or metric_id not in behind.OPENED or stands.as_of is None:
        raise Http404
    every = behind.rows_behind(metric_id, as_of=stands.as_of, strategy=stands.strategy)
    num, den = sum(one.num for one in every), sum(one.den for one in every)
    first = every[:ROWS_SHOWN]
    names = {
        one.pk: one for one in Account.objects.filter(pk__in={row.account_id for row in first})
    }
    shown = {
        "shell": shell.of(request, stands),
        "metric": found,
        "rows": [(row, names.get(row.account_id)) for row in first],
        "count": len(every),
        "num": num,
        "den": den,
        "is_money": metric_id in MONEY_BEHIND,
        "is_of_terms": any(row.ends_on for row in first),
        "value": queries.headline(as_of=stands.as_of)[metric_id].value,
    }
    return render(request, "console/metric_rows.html", shown)


@needs(Right.SEE_PEOPLE)
def rows_as_csv(request: HttpRequest, metric_id: str) -> HttpResponse:
    """All of them as a file."""
    stands = shell.standing()
    if metric_id not in behind.OPENED or stands.as_of is None:
        raise Http404
    every = behind.rows_behind(metric_id, as_of=stands.as_of, strategy=stands.strategy)
    number = dict(
        Account.objects.filter(pk__in={row.account_id for row in every}).values_list(
            "pk", "external_id"
        )
    )
    lines = [
        {
            "customer": number.get(row.account_id, ""),
            "due_on": row.ends_on.isoformat() if row.ends_on else "",
            "plan": row.plan,
            "num": row.num,
            "den": row.den,
        }
        for row in every
    ]
    return _file(lines, f"{metric_id}-{stands.as_of.isoformat()}.csv")
