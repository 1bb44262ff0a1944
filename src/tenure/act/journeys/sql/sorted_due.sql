-- What would become of each term of the step that was sorted last: written to, called, or left out.
SELECT d.outcome, d.reason, d.term_id, d.account_id, d.person_id, d.template, d.message_class,
    d.channel, d.language, d.address, d.decision_id, d.ends_on
FROM act_due AS d
ORDER BY d.term_id
