-- What would be written to whom: the rows of the step that was sorted last.
SELECT d.term_id, d.account_id, d.person_id, d.template, d.message_class, d.channel, d.language,
    d.address, d.decision_id, d.ends_on
FROM act_due AS d
WHERE d.outcome = 'message'
ORDER BY d.term_id
