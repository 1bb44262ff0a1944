-- Everything that happened to one account, from six sources, newest first. A row says where it
-- comes from, what kind it is, and four words and a number whose meaning depends on that.
SELECT at, source, id, kind, one, two, three, four, number
FROM (
    SELECT at, 'changes' AS source, id, kind, actor AS one, content::text AS two, '' AS three,
           '' AS four, CAST(NULL AS bigint) AS number
    FROM records_entry
    WHERE account_id = %(account)s
      AND kind NOT LIKE 'message.%%' AND kind NOT LIKE 'payment.%%' AND kind NOT LIKE 'decision.%%'
      AND kind NOT LIKE 'experiment.%%'
    UNION ALL
    SELECT COALESCE(sent_at, settled_at), 'messages', id, message_class,
           COALESCE(NULLIF(subject, ''), template), channel, state, reason, NULL
    FROM records_message
    WHERE account_id = %(account)s AND (sent_at IS NOT NULL OR settled_at IS NOT NULL)
    UNION ALL
    SELECT opened_at, 'tickets', id, 'opened', kind, subject, external_id, '', NULL
    FROM records_ticket
    WHERE account_id = %(account)s
    UNION ALL
    SELECT resolved_at, 'tickets', -id, 'resolved', kind, subject, external_id,
           opened_at::text, CASE WHEN sla_missed THEN 1 ELSE 0 END
    FROM records_ticket
    WHERE account_id = %(account)s AND resolved_at IS NOT NULL
    UNION ALL
    SELECT (paid_on + TIME '12:00') AT TIME ZONE 'UTC', 'payments', id, state, method, currency, '', '', amount_minor
    FROM records_payment
    WHERE account_id = %(account)s
    UNION ALL
    SELECT (answered_on + TIME '12:00') AT TIME ZONE 'UTC', 'answers', id, survey, text, '', '', '', score
    FROM records_answer
    WHERE account_id = %(account)s
    UNION ALL
    SELECT (given_on + TIME '12:00') AT TIME ZONE 'UTC', 'answers', -id, 'loss_reason', reason, text, '', '', NULL
    FROM records_lossreason
    WHERE account_id = %(account)s
) AS happened
WHERE at <= %(until)s
  AND (CAST(%(source)s AS text) = '' OR source = CAST(%(source)s AS text))
  AND (%(has_mark)s = 0 OR at < CAST(%(mark_at)s AS timestamptz) OR (at = CAST(%(mark_at)s AS timestamptz) AND source < %(mark_source)s)
       OR (at = CAST(%(mark_at)s AS timestamptz) AND source = %(mark_source)s AND id < %(mark_id)s))
ORDER BY at DESC, source DESC, id DESC
LIMIT %(rows)s
