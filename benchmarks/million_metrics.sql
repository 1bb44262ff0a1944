-- Movements and stock of 24 months by hand: every customer in every month, then what changed.
-- Expects: terms, accounts, months (month, last_day), $as_of, $grace.
CREATE TEMP TABLE spans AS
SELECT
    account_id,
    plan_code AS plan,
    owner_name AS owner,
    (price_minor - tax_minor) * 5040 * 365 // (cycle_months * 365) AS monthly,
    starts_day AS from_day,
    CASE
        WHEN renewed_day <= $as_of THEN ends_day
        ELSE coalesce(CASE WHEN closed_day <= $as_of THEN closed_day END, ends_day + $grace + 1)
    END AS to_day
FROM terms;

CREATE TEMP TABLE held AS
SELECT
    a.account_id,
    m.month,
    any_value(a.region) AS region,
    any_value(a.sales_channel) AS channel,
    max(s.plan) AS plan,
    max(s.owner) AS owner,
    coalesce(sum(s.monthly), 0)::BIGINT AS revenue
FROM accounts AS a
CROSS JOIN months AS m
LEFT JOIN spans AS s
    ON s.account_id = a.account_id AND s.from_day <= m.last_day AND s.to_day > m.last_day
GROUP BY a.account_id, m.month;

CREATE TEMP TABLE moved AS
SELECT
    month,
    region,
    channel,
    coalesce(plan, lag(plan) OVER customer) AS plan,
    coalesce(owner, lag(owner) OVER customer) AS owner,
    min(CASE WHEN revenue > 0 THEN month END) OVER customer AS cohort,
    revenue AS after,
    coalesce(lag(revenue) OVER customer, 0) AS before
FROM held
WINDOW customer AS (PARTITION BY account_id ORDER BY month);

SELECT
    month,
    plan,
    region,
    channel,
    owner,
    cohort,
    sum(after - before) FILTER (WHERE before = 0 AND after > 0 AND month = cohort) AS new,
    sum(after - before) FILTER (WHERE before = 0 AND after > 0 AND month > cohort) AS back,
    sum(after - before) FILTER (WHERE before > 0 AND after > before) AS expansion,
    sum(before - after) FILTER (WHERE after > 0 AND after < before) AS contraction,
    sum(before) FILTER (WHERE before > 0 AND after = 0) AS churn,
    sum(after) AS stood,
    grouping(plan, region, channel, owner, cohort) = 31 AS is_whole
FROM moved
GROUP BY GROUPING SETS (
    (month), (month, plan), (month, region), (month, channel), (month, owner), (month, cohort)
)
