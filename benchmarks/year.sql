-- Every rule that a message broke which was sent since a day, and everybody who was forgotten.
WITH sent AS (
    SELECT m.id, m.person_id, m.account_id, m.message_class, m.channel, m.template, m.sent_at,
        m.expires_at, m.journey, m.step, m.term_id,
        CAST(julianday(date(m.sent_at, '+8 hours')) AS integer) AS day,
        CAST(strftime('%%H', m.sent_at, '+8 hours') AS integer) AS hour
    FROM records_message AS m
    WHERE m.sent_at >= %(since)s
), marketing AS (
    SELECT person_id, day, count(*) AS n FROM sent
    WHERE message_class = 'marketing' GROUP BY person_id, day
), totals AS (
    SELECT n,
        sum(n) OVER (
            PARTITION BY person_id ORDER BY day RANGE BETWEEN 6 PRECEDING AND CURRENT ROW
        ) AS in_week,
        sum(n) OVER (
            PARTITION BY person_id ORDER BY day RANGE BETWEEN 29 PRECEDING AND CURRENT ROW
        ) AS in_month
    FROM marketing
)
SELECT 'marketing twice a day', count(*) FROM totals WHERE n > 1
UNION ALL SELECT 'marketing four times a week', count(*) FROM totals WHERE in_week > 3
UNION ALL SELECT 'marketing nine times a month', count(*) FROM totals WHERE in_month > 8
UNION ALL SELECT 'two reminders a day on one channel', count(*) FROM (
    SELECT 1 FROM sent
    WHERE message_class = 'transactional'
        AND template IN (SELECT value FROM json_each(%(reminders)s))
    GROUP BY person_id, channel, day HAVING count(*) > 1
)
UNION ALL SELECT 'outside the hours', count(*) FROM sent
WHERE message_class <> 'legal_notice' AND NOT hour BETWEEN 8 AND 20
UNION ALL SELECT 'without consent', count(*) FROM sent AS s
WHERE s.message_class = 'marketing' AND NOT EXISTS (
    SELECT 1 FROM records_consent AS c
    WHERE c.person_id = s.person_id AND c.purpose = 'marketing' AND c.given_at <= s.sent_at
        AND (c.withdrawn_at IS NULL OR c.withdrawn_at > s.sent_at)
)
UNION ALL SELECT 'to the holdout', count(*) FROM sent AS s
JOIN records_account AS a ON a.id = s.account_id AND a.holdout_bucket < %(held_out_below)s
WHERE s.message_class <> 'legal_notice'
    AND s.template NOT IN (SELECT value FROM json_each(%(reaching)s))
UNION ALL SELECT 'to minors', count(*) FROM sent AS s
JOIN records_person AS p ON p.id = s.person_id AND p.is_minor
WHERE s.message_class <> 'legal_notice'
    AND s.template NOT IN (SELECT value FROM json_each(%(reaching)s))
UNION ALL SELECT 'too late', count(*) FROM sent WHERE sent_at >= expires_at
UNION ALL SELECT 'twice', count(*) FROM (
    SELECT 1 FROM sent GROUP BY journey, step, term_id, channel HAVING count(*) > 1
)
UNION ALL SELECT 'held back without a reason', count(*) FROM records_message
WHERE state IN ('suppressed', 'failed', 'expired') AND reason = '' AND planned_at >= %(since)s
-- Whoever pays by the year and came by T−90 with somebody to write to has its letter.
UNION ALL SELECT 'forgotten at T-90', count(*) FROM records_term AS t
JOIN records_account AS a ON a.id = t.account_id
WHERE t.cycle_months >= 12 AND t.ends_on BETWEEN %(first)s AND %(last)s
    AND date(t.ends_on, '-95 days') >= t.starts_on
    AND t.state <> 'cancelling' AND t.state <> 'cancelled'
    AND (t.closed_on IS NULL OR t.closed_on > date(t.ends_on, '-75 days'))
    AND EXISTS (
        SELECT 1 FROM records_person AS p
        JOIN records_contactpoint AS c ON c.person_id = p.id AND c.channel = 'email'
            AND c.bounced_at IS NULL
        WHERE p.account_id = t.account_id AND p.is_primary AND NOT p.is_minor
    )
    AND NOT EXISTS (
        SELECT 1 FROM records_message AS m
        WHERE m.term_id = t.id AND m.journey = 'annual_renewal' AND m.step = 't90'
    )
