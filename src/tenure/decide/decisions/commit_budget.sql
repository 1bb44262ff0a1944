-- One entry for each choice of a day that is paid from the budget: what it is expected to cost.
-- Reminders and recaps only cost their sending, which no budget holds back; a campaign pays from
-- lines of its own.
INSERT INTO decide_budgetentry (decision_id, kind, month_on, "on", amount_minor, currency)
SELECT
    decision.id,
    'commit',
    %(month_on)s,
    decision.as_of,
    decision.cost_minor,
    decision.currency
FROM decide_decision AS decision
WHERE
    decision.as_of = %(as_of)s
    AND decision.outcome IN ('chosen', 'waiting')
    AND decision.kind NOT IN ('nothing', 'reminder', 'value_recap')
    AND decision.cost_minor > 0
    AND substr(decision.journey, 1, 9) <> 'campaign-'
ON CONFLICT DO NOTHING
