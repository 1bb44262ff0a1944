-- One row per arm of a comparison of scripts: how many customers were really sent the step's message.
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
        FROM records_message AS message
        WHERE
            message.term_id = assignment.term_id
            AND message.journey = %(journey)s
            AND message.step = %(step)s
            AND message.state IN ('sent', 'delivered', 'read')
    )
GROUP BY assignment.arm
ORDER BY assignment.arm
