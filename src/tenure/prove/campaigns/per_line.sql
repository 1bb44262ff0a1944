-- One row per budget line (0: nothing was offered), plan and cycle of one campaign, as sums over
-- accounts: of terms that ended long enough ago, how many were renewed, and what the line spent on
-- them. Line 0 are the customers whom the lot kept out. Whom two lines paid counts for each.
SELECT
    per_account.line_id,
    per_account.plan_code,
    per_account.cycle_months,
    count(*),
    sum(per_account.terms),
    sum(per_account.terms * per_account.terms),
    sum(per_account.renewed),
    sum(1.0 * per_account.renewed * per_account.renewed),
    sum(1.0 * per_account.terms * per_account.renewed),
    sum(per_account.spent_minor)
FROM (
    SELECT
        coalesce(offered.line_id, 0) AS line_id,
        assignment.account_id,
        plan.code AS plan_code,
        term.cycle_months,
        count(*) AS terms,
        sum(CASE WHEN term.renewed_on <= %(as_of)s THEN 1 ELSE 0 END) AS renewed,
        sum(coalesce(offered.spent_minor, 0)) AS spent_minor
    FROM records_assignment AS assignment
    INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
    INNER JOIN records_term AS term ON term.id = assignment.term_id
    INNER JOIN records_planversion AS version ON version.id = term.plan_version_id
    INNER JOIN records_plan AS plan ON plan.id = version.plan_id
    LEFT JOIN (
        SELECT
            spend.line_id,
            spend.term_id,
            sum(spend.amount_minor) AS spent_minor
        FROM records_campaignspend AS spend
        INNER JOIN records_campaignline AS line ON line.id = spend.line_id
        WHERE
            line.campaign_id = %(campaign_id)s
            AND line.offer_id <> ''
            AND spend.term_id IS NOT NULL
            AND spend."on" <= %(as_of)s
        GROUP BY spend.line_id, spend.term_id
    ) AS offered ON offered.term_id = assignment.term_id
    WHERE
        experiment."key" = %(key)s
        AND assignment.assigned_on <= %(as_of)s
        AND term.ends_on <= %(matured_until)s
        AND (
            (assignment.arm = 'control' AND offered.line_id IS NULL)
            OR (assignment.arm = 'treated' AND offered.line_id IS NOT NULL)
        )
    GROUP BY
        coalesce(offered.line_id, 0),
        assignment.account_id,
        plan.code,
        term.cycle_months
) AS per_account
GROUP BY per_account.line_id, per_account.plan_code, per_account.cycle_months
ORDER BY per_account.line_id, per_account.plan_code, per_account.cycle_months
