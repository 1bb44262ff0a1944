SELECT outcome, reason, count(*) FROM act_due GROUP BY outcome, reason ORDER BY outcome, reason
