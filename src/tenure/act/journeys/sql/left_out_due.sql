-- Who would not be written to: called instead, or excluded with a reason.
SELECT d.term_id, d.account_id, coalesce(d.channel, ''), d.outcome, d.reason
FROM act_due AS d
WHERE d.outcome <> 'message'
ORDER BY d.term_id
