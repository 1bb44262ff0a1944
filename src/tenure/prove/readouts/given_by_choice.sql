-- One row per arm of a comparison between offers: how many customers were really given its offer.
SELECT
    assignment.arm,
    count(DISTINCT assignment.account_id)
FROM records_assignment AS assignment
INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
WHERE
    experiment."key" = %(key)s
    AND assignment.assigned_on <= %(as_of)s
    AND EXISTS (
        SELECT 1
        FROM decide_decision AS decision
        WHERE
            decision.term_id = assignment.term_id
            AND decision.action = assignment.arm
            AND decision.outcome = 'chosen'
            AND decision.as_of <= %(as_of)s
    )
GROUP BY assignment.arm
ORDER BY assignment.arm
