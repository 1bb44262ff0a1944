-- One row per arm of one experiment: how many customers and terms it was given between two days,
-- how many of them were given the offer of that name, what that is expected to cost, and of it
-- what the price that they pay does not show (contacts, things, days of service).
SELECT
    assignment.arm,
    count(DISTINCT assignment.account_id),
    count(DISTINCT assignment.term_id),
    count(decision.id),
    coalesce(sum(decision.cost_minor), 0),
    coalesce(
        sum(
            CASE
                WHEN decision.kind IN ('term_discount', 'coupon') THEN decision.contact_cost_minor
                ELSE decision.cost_minor
            END
        ),
        0
    )
FROM records_assignment AS assignment
INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
LEFT JOIN decide_decision AS decision
    ON
        decision.term_id = assignment.term_id
        AND decision.action = assignment.arm
        AND decision.outcome = 'chosen'
        AND decision.currency = %(currency)s
        AND decision.as_of >= %(since)s
        AND decision.as_of <= %(until)s
WHERE
    experiment."key" = %(key)s
    AND assignment.assigned_on >= %(since)s
    AND assignment.assigned_on <= %(until)s
GROUP BY assignment.arm
ORDER BY assignment.arm
