-- Everybody sorted last who goes on, or whom the lot alone sends another way.
SELECT account_id, term_id FROM act_due
WHERE outcome <> 'excluded' OR reason = 'other_branch'
ORDER BY term_id
