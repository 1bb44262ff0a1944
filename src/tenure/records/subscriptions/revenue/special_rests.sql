-- Every pause: a term of a subscription that paused is never a plain one.
SELECT
    rest.subscription_id,
    rest.starts_on,
    rest.ends_on
FROM records_contractperiod AS rest
WHERE rest.kind = 'pause'
ORDER BY rest.starts_on
