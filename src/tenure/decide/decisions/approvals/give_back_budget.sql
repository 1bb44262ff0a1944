-- What was committed for choices that are not carried out is budget again.
INSERT INTO decide_budgetentry (decision_id, kind, month_on, "on", amount_minor, currency)
SELECT
    committed.decision_id,
    'settle',
    committed.month_on,
    %(on)s,
    -committed.amount_minor,
    committed.currency
FROM decide_budgetentry AS committed
INNER JOIN decide_decision AS decision ON decision.id = committed.decision_id
WHERE
    committed.kind = 'commit'
    AND decision.as_of = %(as_of)s
    AND decision.outcome = 'rejected'
ON CONFLICT DO NOTHING
