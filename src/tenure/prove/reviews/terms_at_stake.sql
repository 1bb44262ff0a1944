-- One row per arm of the holdout ("holdout", "treated", or empty where a term never met it): of
-- terms that ended in a period, as sums over accounts, how many were renewed, what the terms
-- bought with them leave, and how many of these accounts complained in the period.
SELECT
    per_account.arm,
    count(*),
    sum(per_account.terms),
    sum(per_account.terms * per_account.terms),
    sum(per_account.renewed),
    sum(1.0 * per_account.renewed * per_account.renewed),
    sum(1.0 * per_account.terms * per_account.renewed),
    sum(1.0 * per_account.margin),
    sum(1.0 * per_account.margin * per_account.margin),
    sum(1.0 * per_account.terms * per_account.margin),
    sum(
        CASE
            WHEN EXISTS (
                SELECT 1
                FROM records_ticket AS ticket
                WHERE
                    ticket.account_id = per_account.account_id
                    AND ticket.kind = 'complaint'
                    AND ticket.opened_at >= %(since_at)s
                    AND ticket.opened_at < %(before_at)s
            ) THEN 1
            ELSE 0
        END
    )
FROM (
    SELECT
        term.account_id,
        coalesce(assignment.arm, '') AS arm,
        count(*) AS terms,
        sum(CASE WHEN term.renewed_on <= %(known_until)s THEN 1 ELSE 0 END) AS renewed,
        sum(
            coalesce(
                following.price_minor - version.cost_minor_per_month * following.cycle_months, 0
            )
        ) AS margin
    FROM records_term AS term
    LEFT JOIN records_experiment AS experiment ON experiment."key" = %(key)s
    LEFT JOIN records_assignment AS assignment
        ON assignment.experiment_id = experiment.id AND assignment.term_id = term.id
    LEFT JOIN records_term AS following
        ON
            following.subscription_id = term.subscription_id
            AND following.number = term.number + 1
            AND following.reversed_on IS NULL
            AND following.currency = %(currency)s
            AND term.renewed_on <= %(known_until)s
    LEFT JOIN records_planversion AS version ON version.id = following.plan_version_id
    WHERE
        term.ends_on >= %(since)s
        AND term.ends_on <= %(until)s
        AND term.reversed_on IS NULL
    GROUP BY term.account_id, coalesce(assignment.arm, '')
) AS per_account
GROUP BY per_account.arm
ORDER BY per_account.arm
