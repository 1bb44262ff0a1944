-- One row per arm of one experiment and stratum in which accounts were drawn (empty where there are
-- none), as sums over accounts: of terms that ended long enough ago, how many were renewed, and what
-- the terms bought with them brought.
SELECT
    per_account.arm,
    per_account.stratum,
    count(*),
    sum(per_account.terms),
    sum(per_account.terms * per_account.terms),
    sum(per_account.renewed),
    sum(1.0 * per_account.renewed * per_account.renewed),
    sum(1.0 * per_account.terms * per_account.renewed),
    sum(1.0 * per_account.revenue),
    sum(1.0 * per_account.revenue * per_account.revenue),
    sum(1.0 * per_account.terms * per_account.revenue),
    sum(1.0 * per_account.margin),
    sum(1.0 * per_account.margin * per_account.margin),
    sum(1.0 * per_account.terms * per_account.margin)
FROM (
    SELECT
        assignment.account_id,
        assignment.arm,
        min(assignment.stratum) AS stratum,
        count(*) AS terms,
        sum(CASE WHEN term.renewed_on <= %(as_of)s THEN 1 ELSE 0 END) AS renewed,
        sum(coalesce(following.price_minor, 0)) AS revenue,
        sum(
            coalesce(
                following.price_minor - version.cost_minor_per_month * following.cycle_months, 0
            )
        ) AS margin
    FROM records_assignment AS assignment
    INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
    INNER JOIN records_term AS term ON term.id = assignment.term_id
    LEFT JOIN records_term AS following
        ON
            following.subscription_id = term.subscription_id
            AND following.number = term.number + 1
            AND following.reversed_on IS NULL
            AND following.currency = %(currency)s
            AND term.renewed_on <= %(as_of)s
    LEFT JOIN records_planversion AS version ON version.id = following.plan_version_id
    WHERE
        experiment."key" = %(key)s
        AND assignment.assigned_on <= %(as_of)s
        AND term.ends_on <= %(matured_until)s
    GROUP BY assignment.account_id, assignment.arm
) AS per_account
GROUP BY per_account.arm, per_account.stratum
