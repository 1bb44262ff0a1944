-- One row per arm, account, renewed term and regret: money that went back, or a confirmed
-- cancellation that was not undone, on or after the day of a renewal that followed assignment.
SELECT
    assignment.arm,
    assignment.account_id,
    term.renewed_on,
    regret.happened_on
FROM records_assignment AS assignment
INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
INNER JOIN records_term AS term ON term.id = assignment.term_id
INNER JOIN (
    SELECT
        refund.account_id,
        refund.refunded_on AS happened_on
    FROM records_refund AS refund
    WHERE refund.state = 'succeeded' AND refund.refunded_on <= %(as_of)s
    UNION ALL
    SELECT
        cancellation.account_id,
        cancellation.settled_on AS happened_on
    FROM records_cancellation AS cancellation
    WHERE
        cancellation.state = 'confirmed'
        AND cancellation.undone_on IS NULL
        AND cancellation.settled_on <= %(as_of)s
) AS regret
    ON
        regret.account_id = assignment.account_id
        AND regret.happened_on >= term.renewed_on
WHERE
    experiment."key" = %(key)s
    AND assignment.assigned_on <= %(as_of)s
    AND term.renewed_on <= %(as_of)s
ORDER BY assignment.arm, assignment.account_id, regret.happened_on
