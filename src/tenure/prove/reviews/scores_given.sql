-- One row per arm of the holdout (empty where an account never met it): of the answers to the
-- recommendation question in a period, as sums over accounts, promoters less detractors.
SELECT
    per_account.arm,
    count(*),
    sum(per_account.answers),
    sum(per_account.answers * per_account.answers),
    sum(per_account.score),
    sum(1.0 * per_account.score * per_account.score),
    sum(1.0 * per_account.answers * per_account.score)
FROM (
    SELECT
        answer.account_id,
        coalesce(met.arm, '') AS arm,
        count(*) AS answers,
        sum(CASE WHEN answer.score >= 9 THEN 1 WHEN answer.score <= 6 THEN -1 ELSE 0 END) AS score
    FROM records_answer AS answer
    LEFT JOIN (
        SELECT
            assignment.account_id,
            min(assignment.arm) AS arm
        FROM records_assignment AS assignment
        INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
        WHERE experiment."key" = %(key)s AND assignment.assigned_on <= %(until)s
        GROUP BY assignment.account_id
    ) AS met ON met.account_id = answer.account_id
    WHERE
        answer.survey = 'nps'
        AND answer.answered_on >= %(since)s
        AND answer.answered_on <= %(until)s
    GROUP BY answer.account_id, coalesce(met.arm, '')
) AS per_account
GROUP BY per_account.arm
ORDER BY per_account.arm
