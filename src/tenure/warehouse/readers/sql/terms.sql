-- One row per term that ever was, with what it was sold under. A renewal that was undone counts as
-- never made: its term is none, and the one before it stands as if nobody had bought.
SELECT
    term.id AS term_id,
    term.account_id,
    term.subscription_id,
    {day:subscription.started_on} AS subscription_started_day,
    {flag:subscription.auto_renew} AS auto_renew,
    subscription.owner_name,
    term.number,
    plan.code AS plan_code,
    plan.tier_rank,
    version.speed_mbps,
    version.cost_minor_per_month,
    term.cycle_months,
    {day:term.starts_on} AS starts_day,
    {day:term.ends_on} AS ends_day,
    term.price_minor,
    term.list_price_minor,
    term.tax_minor,
    term.currency,
    term.state,
    {day:term.renewed_on} AS renewed_day,
    {day:term.closed_on} AS closed_day,
    term.end_kind,
    term.extended_days,
    term.free_days,
    line.node_id,
    {us:term.recorded_at} AS known_us
FROM records_term AS term
JOIN records_subscription AS subscription ON subscription.id = term.subscription_id
JOIN records_planversion AS version ON version.id = term.plan_version_id
JOIN records_plan AS plan ON plan.id = version.plan_id
LEFT JOIN records_line AS line ON line.subscription_id = term.subscription_id
WHERE {only:term.id} AND term.reversed_on IS NULL
ORDER BY term.id
