INSERT INTO act_enrolment (
    account_id, term_id, journey, version, strategy_hash, ends_on, enrolled_at, entry
)
SELECT d.account_id, d.term_id, %(journey)s, %(version)s, %(strategy_hash)s, d.ends_on, %(at)s,
    %(entry)s
FROM act_due AS d
WHERE d.outcome IN ('message', 'call', 'webhook')
ON CONFLICT DO NOTHING
