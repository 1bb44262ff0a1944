SELECT term_id, account_id, template, decision_id, owner_name FROM act_due
WHERE outcome = 'call' ORDER BY term_id
