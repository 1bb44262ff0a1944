-- The features of every live term, as somebody would write them straight for DuckDB.
-- Days, instants and core features are parameters; tables are views over the Parquet files.
CREATE OR REPLACE TABLE by_hand_use AS
SELECT account_id,
    count(*) FILTER (name IN ('Login', 'Signed In') AND day > $day - 7) AS logins_7,
    count(*) FILTER (name IN ('Login', 'Signed In') AND day > $day - 30) AS logins_30,
    count(*) FILTER (name IN ('Login', 'Signed In')) AS logins_90,
    max(day) FILTER (name IN ('Login', 'Signed In')) AS last_login,
    count(*) FILTER (
        name IN ('Session Started', 'Application Opened') AND day > $day - 30
    ) AS sessions_30,
    sum(amount) FILTER (
        (name = 'Feature Used'
            OR name = 'Usage Recorded' AND feature IN ('minutes', 'calls')) AND day > $day - 30
    ) AS minutes_30,
    sum(amount) FILTER (
        name = 'Feature Used' OR name = 'Usage Recorded' AND feature IN ('minutes', 'calls')
    ) AS minutes_90,
    sum(amount) FILTER (
        name = 'Usage Recorded' AND feature IN ('gb', 'traffic') AND day > $day - 30
    ) AS gb_30,
    sum(amount) FILTER (name = 'Usage Recorded' AND feature IN ('gb', 'traffic')) AS gb_90,
    sum(amount) FILTER (name = 'Usage Recorded' AND day > $day - 30) AS amount_30,
    sum(amount) FILTER (name = 'Usage Recorded') AS amount_90,
    count(amount) FILTER (name = 'Speed Test' AND day > $day - 30) AS speed_tests_30,
    sum(amount) FILTER (name = 'Speed Test' AND day > $day - 30) AS speed_sum_30,
    count(*) FILTER (name = 'Outage' AND day > $day - 30) AS outages_30,
    sum(amount) FILTER (name = 'Outage') AS outage_minutes_90,
    count(*) FILTER (
        name = 'Page Viewed' AND feature IN ('compare', 'competitors') AND day > $day - 30
    ) AS compare_visits_30,
    count(*) FILTER (name = 'Data Exported' AND day > $day - 30) AS exports_30,
    count(*) FILTER (
        name IN ('Message Opened', 'Email Opened', 'Push Notification Tapped')
    ) AS opens_90,
    max(day) FILTER (list_contains($core, feature)) AS last_core,
    count(DISTINCT day) FILTER (
        name NOT IN ('Speed Test', 'Outage', 'Message Opened', 'Email Opened',
            'Push Notification Tapped', 'Integration Used') AND day > $day - 30
    ) AS active_days_30,
    count(DISTINCT day) FILTER (
        name NOT IN ('Speed Test', 'Outage', 'Message Opened', 'Email Opened',
            'Push Notification Tapped', 'Integration Used')
    ) AS active_days_90,
    count(DISTINCT day) FILTER (
        list_contains($core, feature) AND day > $day - 30
    ) AS core_days_30,
    count(DISTINCT day) FILTER (
        name = 'Speed Test' AND amount < 0.5 AND day > $day - 30
        AND at_us - day::BIGINT * 86400000000 >= $evening_us
    ) AS slow_evenings_30,
    count(DISTINCT feature) FILTER (
        name = 'Feature Used' AND day > $day - 30
    ) AS distinct_features_30,
    count(DISTINCT feature) FILTER (
        name = 'Integration Used' AND day > $day - 30
    ) AS integrations_30
FROM events
WHERE day > $day - 90 AND day <= $day AND known_us <= $known_us
GROUP BY account_id;

CREATE OR REPLACE TABLE by_hand_features AS
WITH known AS (SELECT * FROM terms WHERE known_us <= $known_us),
live AS (
    SELECT k.* FROM known AS k
    WHERE k.starts_day <= $day
        AND coalesce(k.renewed_day > $day, true) AND coalesce(k.closed_day > $day, true)
        AND NOT EXISTS (
            SELECT 1 FROM known AS b
            WHERE b.subscription_id = k.subscription_id AND b.number = k.number - 1
                AND b.renewed_day > $day
        )
),
t AS (
    SELECT account_id,
        count(*) FILTER (opened_day > $day - 30) AS tickets_30,
        count(*) FILTER (opened_day > $day - 90) AS tickets_90,
        count(*) FILTER (coalesce(resolved_us >= $ends_us, true)) AS open_tickets,
        count(*) FILTER (kind = 'complaint' AND opened_day > $day - 180) AS complaints_180,
        count(*) FILTER (
            sla_missed = 1 AND resolved_us < $ends_us AND opened_day > $day - 180
        ) AS sla_misses_180,
        max(opened_day) AS last_ticket,
        round(avg((resolved_us - opened_us) / 3600000000) FILTER (
            resolved_us < $ends_us AND resolved_us >= $ends_us - 90 * 24 * 3600000000
        ), 6) AS resolution_hours_90
    FROM tickets WHERE opened_day <= $day AND known_us <= $known_us GROUP BY account_id
),
a AS (
    SELECT account_id, max(day) AS last_answer,
        arg_max(score, day) FILTER (survey = 'nps') AS nps_last,
        arg_max(score, day) FILTER (survey = 'csat') AS csat_last
    FROM answers WHERE day <= $day AND known_us <= $known_us GROUP BY account_id
),
p AS (
    SELECT account_id,
        sum(amount_minor) FILTER (state = 'succeeded') AS paid_total_minor,
        count(*) FILTER (state = 'failed' AND day > $day - 365) AS payments_failed_365
    FROM payments WHERE day <= $day AND known_us <= $known_us GROUP BY account_id
),
late AS (
    SELECT account_id, count(*) AS late_payments_730 FROM (
        SELECT y.account_id, y.term_id, min(y.day) AS first_day, any_value(k.starts_day) AS starts
        FROM payments AS y JOIN terms AS k ON k.term_id = y.term_id AND k.number > 1
        WHERE y.state = 'succeeded' AND y.day <= $day AND y.known_us <= $known_us
        GROUP BY ALL
    ) WHERE first_day > starts AND first_day > $day - 730 GROUP BY account_id
),
c AS (
    SELECT account_id, count(*) AS contacts_30 FROM contacts
    WHERE day > $day - 30 AND day <= $day AND sent_us <= $known_us GROUP BY account_id
),
r AS (
    SELECT account_id, count(*) AS renewals_count FROM known
    WHERE renewed_day <= $day GROUP BY account_id
)
SELECT live.account_id, live.subscription_id, live.term_id, live.plan_code, live.tier_rank,
    live.cycle_months, live.price_minor,
    $day - live.subscription_started_day AS tenure_days, live.number AS term_number,
    live.ends_day - $day AS days_left, $day - live.starts_day AS term_age_days, live.auto_renew,
    (n.kind = 'business')::BIGINT AS is_business,
    ($year - n.born_year >= 65)::BIGINT AS is_elderly, n.has_email, n.has_phone,
    coalesce($day - u.last_login, least($day - live.subscription_started_day, 90))
        AS days_since_login,
    coalesce(u.logins_7, 0) AS logins_7, coalesce(u.logins_30, 0) AS logins_30,
    coalesce(u.logins_90, 0) AS logins_90, coalesce(u.active_days_30, 0) AS active_days_30,
    coalesce(u.active_days_90, 0) AS active_days_90, coalesce(u.sessions_30, 0) AS sessions_30,
    coalesce(u.minutes_30, 0) AS usage_minutes_30, coalesce(u.gb_30, 0) AS usage_gb_30,
    coalesce(u.gb_90, 0) AS usage_gb_90,
    CASE WHEN u.gb_90 - coalesce(u.gb_30, 0) > 0 AND $day - live.subscription_started_day >= 90
        THEN round(coalesce(u.gb_30, 0) / ((u.gb_90 - coalesce(u.gb_30, 0)) / 2), 6)
    END AS usage_trend,
    coalesce(u.distinct_features_30, 0) AS distinct_features_30,
    coalesce(u.core_days_30, 0) AS core_days_30,
    coalesce($day - u.last_core, least($day - live.subscription_started_day, 90))
        AS days_since_core,
    CASE WHEN (SELECT max(integrations_30) FROM by_hand_use) > 0
        THEN coalesce(u.integrations_30, 0) END AS integrations_30,
    round(u.speed_sum_30 / nullif(u.speed_tests_30, 0), 6) AS speed_ratio_30,
    coalesce(u.slow_evenings_30, 0) AS slow_evenings_30,
    coalesce(u.outages_30, 0) AS outages_30,
    coalesce(u.outage_minutes_90, 0) AS outage_minutes_90,
    coalesce(t.tickets_30, 0) AS tickets_30, coalesce(t.tickets_90, 0) AS tickets_90,
    coalesce(t.open_tickets, 0) AS open_tickets, coalesce(t.complaints_180, 0) AS complaints_180,
    $day - t.last_ticket AS days_since_ticket, t.resolution_hours_90,
    coalesce(t.sla_misses_180, 0) AS sla_misses_180, a.nps_last, a.csat_last,
    $day - a.last_answer AS days_since_survey,
    coalesce(p.payments_failed_365, 0) AS payments_failed_365,
    coalesce(late.late_payments_730, 0) AS late_payments_730,
    CASE WHEN live.list_price_minor > 0
        THEN round(1 - live.price_minor / live.list_price_minor, 6) END AS discount_share_last,
    coalesce(p.paid_total_minor, 0) AS paid_total_minor,
    round(live.price_minor / live.cycle_months / nullif(b.price_minor / b.cycle_months, 0) - 1, 6)
        AS price_change_share,
    coalesce(r.renewals_count, 0) AS renewals_count,
    coalesce(u.compare_visits_30, 0) AS compare_visits_30,
    coalesce(u.exports_30, 0) AS exports_30, coalesce(c.contacts_30, 0) AS contacts_30,
    coalesce(u.opens_90, 0) AS opens_90, n.marketing_consent
FROM live
LEFT JOIN accounts AS n ON n.account_id = live.account_id AND n.known_us <= $known_us
LEFT JOIN known AS b ON b.subscription_id = live.subscription_id AND b.number = live.number - 1
LEFT JOIN by_hand_use AS u ON u.account_id = live.account_id
LEFT JOIN t ON t.account_id = live.account_id
LEFT JOIN a ON a.account_id = live.account_id
LEFT JOIN p ON p.account_id = live.account_id
LEFT JOIN late ON late.account_id = live.account_id
LEFT JOIN c ON c.account_id = live.account_id
LEFT JOIN r ON r.account_id = live.account_id
ORDER BY live.account_id, live.term_id;
