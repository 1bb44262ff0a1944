INSERT INTO records_message (
    send_key, account_id, person_id, term_id, journey, journey_version, step, template,
    message_class, channel, language, address, decision_id, subject, body, state, reason,
    attempts, planned_at, send_after, expires_at
)
SELECT %(key)s::text || d.term_id, d.account_id, d.person_id, d.term_id, %(journey)s, %(version)s,
    %(step)s, d.template, d.message_class, d.channel, d.language, d.address, d.decision_id,
    '', '', 'planned', '', 0, %(at)s, %(at)s, x.expires_at
FROM act_due AS d
JOIN jsonb_to_recordset(%(expiries)s::jsonb) AS x (ends_on date, expires_at timestamptz)
    ON x.ends_on = d.ends_on
WHERE d.outcome = 'message'
ORDER BY d.term_id
ON CONFLICT DO NOTHING
