-- The terms of which other programs are told.
SELECT term_id, account_id, ends_on FROM act_due WHERE outcome = 'webhook' ORDER BY term_id
