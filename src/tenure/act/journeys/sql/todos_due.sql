-- Work for a person beside the message: nobody works on the holdout, or on whoever is leaving.
SELECT d.term_id, d.account_id, coalesce(d.template, ''), d.decision_id, d.owner_name
FROM act_due AS d
JOIN json_each(%(terms)s) AS n ON n.value = d.term_id
WHERE d.is_held_out = 0 AND d.reason NOT IN (
    'cancelling', 'no_person', 'minor', 'holdout', 'not_followed', 'reacted', 'other_branch'
)
ORDER BY d.term_id
