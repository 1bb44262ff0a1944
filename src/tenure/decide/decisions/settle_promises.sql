-- One entry for each committed promise whose term is over: what handing it over really cost
-- (nothing, where it was given back), less what was expected. The contact was paid anyway.
INSERT INTO decide_budgetentry (decision_id, kind, month_on, "on", amount_minor, currency)
SELECT
    decision.id,
    'settle',
    committed.month_on,
    %(as_of)s,
    decision.contact_cost_minor
    + coalesce(
        (
            SELECT sum(promise.cost_minor)
            FROM records_promise AS promise
            WHERE promise.decision_id = decision.id AND promise.state <> 'released'
        ),
        0
    )
    - committed.amount_minor,
    committed.currency
FROM decide_budgetentry AS committed
INNER JOIN decide_decision AS decision ON decision.id = committed.decision_id
INNER JOIN records_term AS term ON term.id = decision.term_id
WHERE
    committed.kind = 'commit'
    AND decision.kind IN ('benefit', 'goods', 'expert', 'credit', 'make_up')
    AND (term.renewed_on <= %(as_of)s OR term.closed_on <= %(as_of)s)
    AND NOT EXISTS (
        SELECT 1
        FROM records_promise AS held
        WHERE held.decision_id = decision.id AND held.state = 'held'
    )
    AND NOT EXISTS (
        SELECT 1
        FROM decide_budgetentry AS settled
        WHERE settled.decision_id = decision.id AND settled.kind = 'settle'
    )
ON CONFLICT DO NOTHING
