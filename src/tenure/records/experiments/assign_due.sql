-- One row for each live term whose end is near and that has no arm yet. Live: begun, and on that
-- day neither renewed nor closed.
INSERT INTO records_assignment (experiment_id, account_id, term_id, arm, assigned_on)
SELECT
    %(experiment_id)s,
    term.account_id,
    term.id,
    CASE WHEN account.holdout_bucket < %(below)s THEN 'holdout' ELSE 'treated' END,
    %(as_of)s
FROM records_term AS term
INNER JOIN records_account AS account ON account.id = term.account_id
WHERE
    term.starts_on <= %(as_of)s
    AND term.ends_on >= %(as_of)s
    AND term.ends_on <= %(last_end)s
    AND (term.renewed_on IS NULL OR term.renewed_on > %(as_of)s)
    AND (term.closed_on IS NULL OR term.closed_on > %(as_of)s)
    AND NOT EXISTS (
        SELECT 1
        FROM records_assignment AS known
        WHERE known.experiment_id = %(experiment_id)s AND known.term_id = term.id
    )
ON CONFLICT DO NOTHING
