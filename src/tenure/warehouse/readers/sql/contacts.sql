-- One row per message that went out; its day in the business's zone is derived from the instant.
SELECT
    id AS message_id,
    account_id,
    term_id,
    message_class,
    channel,
    state,
    {us:sent_at} AS sent_us
FROM records_message
WHERE sent_at IS NOT NULL AND {only:id}
ORDER BY id
