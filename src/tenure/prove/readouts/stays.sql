-- How many customers of each arm of one experiment came in on a day and, where a contract of
-- theirs has ended without being renewed since then, left on a day.
SELECT
    per_account.arm,
    per_account.since,
    per_account.left_on,
    count(*)
FROM (
    SELECT
        assignment.account_id,
        assignment.arm,
        min(assignment.assigned_on) AS since,
        min(ended.closed_on) AS left_on
    FROM records_assignment AS assignment
    INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
    INNER JOIN records_term AS term ON term.id = assignment.term_id
    LEFT JOIN records_term AS ended
        ON
            ended.subscription_id = term.subscription_id
            AND ended.number >= term.number
            AND ended.renewed_on IS NULL
            AND ended.reversed_on IS NULL
            AND ended.closed_on >= assignment.assigned_on
            AND ended.closed_on <= %(as_of)s
    WHERE
        experiment."key" = %(key)s
        AND assignment.assigned_on <= %(as_of)s
    GROUP BY assignment.account_id, assignment.arm
) AS per_account
GROUP BY per_account.arm, per_account.since, per_account.left_on
