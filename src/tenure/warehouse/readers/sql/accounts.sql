-- One row per account with its primary person (the first, should there be several).
SELECT
    account.id AS account_id,
    person.id AS person_id,
    account.kind,
    account.region,
    account.country,
    account.zone,
    account.currency,
    account.sales_channel,
    {day:account.started_on} AS started_day,
    account.holdout_bucket,
    coalesce(person.language, '') AS language,
    person.born_year,
    coalesce(reach.has_email, 0) AS has_email,
    coalesce(reach.has_phone, 0) AS has_phone,
    CASE WHEN consent.person_id IS NULL THEN 0 ELSE 1 END AS marketing_consent,
    {us:account.recorded_at} AS known_us
FROM records_account AS account
LEFT JOIN (
    SELECT account_id, min(id) AS id
    FROM records_person
    WHERE is_primary
    GROUP BY account_id
) AS chosen ON chosen.account_id = account.id
LEFT JOIN records_person AS person ON person.id = chosen.id
LEFT JOIN (
    SELECT
        person_id,
        max(CASE WHEN channel = 'email' THEN 1 ELSE 0 END) AS has_email,
        max(CASE WHEN channel IN ('phone', 'sms') THEN 1 ELSE 0 END) AS has_phone
    FROM records_contactpoint
    WHERE bounced_at IS NULL
    GROUP BY person_id
) AS reach ON reach.person_id = person.id
LEFT JOIN (
    SELECT DISTINCT person_id
    FROM records_consent
    WHERE purpose = 'marketing' AND withdrawn_at IS NULL
) AS consent ON consent.person_id = person.id
WHERE {only:account.id}
ORDER BY account.id
