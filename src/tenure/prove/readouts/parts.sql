-- One row per plan, cycle, time with us, audience of a campaign (empty: it is none), half and arm of
-- one experiment, as sums over accounts: of terms that ended long enough ago, how many were renewed.
-- The half of an account is drawn once.
SELECT
    per_account.plan_code,
    per_account.cycle_months,
    per_account.years,
    per_account.audience,
    per_account.half,
    per_account.arm,
    count(*),
    sum(per_account.terms),
    sum(per_account.terms * per_account.terms),
    sum(per_account.renewed),
    sum(1.0 * per_account.renewed * per_account.renewed),
    sum(1.0 * per_account.terms * per_account.renewed)
FROM (
    SELECT
        assignment.account_id,
        assignment.arm,
        plan.code AS plan_code,
        term.cycle_months,
        account.holdout_bucket %% 2 AS half,
        CASE
            WHEN account.started_on > %(a_year_ago)s THEN 'first'
            WHEN account.started_on > %(three_years_ago)s THEN 'second'
            ELSE 'later'
        END AS years,
        coalesce(member.audience, '') AS audience,
        count(*) AS terms,
        sum(CASE WHEN term.renewed_on <= %(as_of)s THEN 1 ELSE 0 END) AS renewed
    FROM records_assignment AS assignment
    INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
    INNER JOIN records_account AS account ON account.id = assignment.account_id
    INNER JOIN records_term AS term ON term.id = assignment.term_id
    INNER JOIN records_planversion AS version ON version.id = term.plan_version_id
    INNER JOIN records_plan AS plan ON plan.id = version.plan_id
    LEFT JOIN records_campaign AS campaign
        ON experiment.kind = 'campaign' AND campaign."key" = experiment.salt
    LEFT JOIN records_campaignmember AS member
        ON member.campaign_id = campaign.id AND member.account_id = assignment.account_id
    WHERE
        experiment."key" = %(key)s
        AND assignment.assigned_on <= %(as_of)s
        AND term.ends_on <= %(matured_until)s
    GROUP BY
        assignment.account_id,
        assignment.arm,
        plan.code,
        term.cycle_months,
        account.holdout_bucket,
        account.started_on,
        member.audience
) AS per_account
GROUP BY
    per_account.plan_code,
    per_account.cycle_months,
    per_account.years,
    per_account.audience,
    per_account.half,
    per_account.arm
ORDER BY
    per_account.plan_code,
    per_account.cycle_months,
    per_account.years,
    per_account.audience,
    per_account.half,
    per_account.arm
