-- Everybody for whom the step is due is a message, a call, or excluded with a reason.
WITH named AS MATERIALIZED (
    SELECT value::bigint AS term_id
    FROM jsonb_array_elements_text(%(terms)s::jsonb) AS n (value)
), fresh AS MATERIALIZED (
    SELECT t.id AS term_id, t.account_id, t.ends_on, t.state, s.owner_name, a.holdout_bucket,
        EXISTS (
            SELECT 1 FROM records_storecontract AS st WHERE st.subscription_id = s.id
        ) AS is_of_store,
        a.kind = 'enterprise' AND s.owner_name <> '' AS is_managed
    FROM named AS n
    JOIN records_term AS t ON t.id = n.term_id
    JOIN records_subscription AS s ON s.id = t.subscription_id
    JOIN records_account AS a ON a.id = t.account_id
    LEFT JOIN act_enrolment AS e ON e.term_id = t.id AND e.journey = %(journey)s
        AND e.entry = %(entry)s::text
    WHERE (t.state IN ('running', 'cancelling') OR (%(ended)s::boolean AND t.state IN ('grace', 'lapsed')))
        AND t.ends_on BETWEEN %(ends_from)s::date AND %(ends_until)s::date
        AND e.left_at IS NULL
        AND coalesce(e.version, %(current_version)s::text) = %(version)s
        AND NOT EXISTS (
            SELECT 1 FROM records_message AS m WHERE m.send_key = %(key)s::text || t.id
        )
        AND NOT EXISTS (
            SELECT 1 FROM records_todo AS d WHERE d.once_key = %(call_key)s::text || t.id
        )
        AND (
            NOT %(tells)s::boolean OR NOT EXISTS (
                SELECT 1 FROM records_entry AS j WHERE j.once_key = %(told_key)s::text || t.id
            )
        )
        -- What collecting has announced itself is not said twice.
        AND NOT EXISTS (
            SELECT 1 FROM records_message AS o
            WHERE o.term_id = t.id AND o.journey = 'collecting' AND o.template = %(message)s
                AND o.state NOT IN ('failed', 'expired', 'suppressed')
        )
), readers AS MATERIALIZED (
    SELECT f.*, p.id AS person_id, p.language, p.is_minor, p.born_year, p.preferred_channels,
        d.id AS decision_id,
        CASE WHEN f.term_id IN (
            SELECT value::bigint FROM jsonb_array_elements_text(%(elsewhere)s::jsonb) AS o (value)
        ) THEN 'other_branch' ELSE '' END AS elsewhere,
        CASE
            WHEN f.holdout_bucket < %(held_out_below)s THEN 'holdout'
            WHEN p.is_minor THEN 'minor'
            WHEN NOT %(is_heard)s::boolean AND NOT %(calls)s::boolean THEN 'no_endpoint'
            ELSE ''
        END AS told_reason,
        CASE
            WHEN %(follows)s::text = '' THEN ''
            WHEN NOT EXISTS (
                SELECT 1 FROM records_message AS b
                WHERE b.term_id = f.term_id AND b.journey = %(journey)s::text AND b.step = %(follows)s::text
                    AND b.state IN ('sent', 'delivered', 'read')
            ) THEN 'not_followed'
            WHEN %(unless_reacted)s::boolean AND EXISTS (
                SELECT 1 FROM records_message AS b
                WHERE b.term_id = f.term_id AND b.journey = %(journey)s::text AND b.step = %(follows)s::text
                    AND b.state = 'read'
            ) THEN 'reacted'
            ELSE ''
        END AS unfollowed,
        CASE
            -- What was rolled out is for everybody but the permanent holdout.
            WHEN NOT %(decides)s::boolean AND %(rolled_out)s::text <> ''
                AND f.holdout_bucket >= %(held_out_below)s THEN '~arm:' || %(rolled_out)s::text
            WHEN NOT %(decides)s::boolean THEN coalesce('~arm:' || x.arm, '')
            WHEN d.id IS NULL THEN '~undecided'
            WHEN d.outcome = 'waiting' THEN '~waiting'
            WHEN d.outcome IN ('withheld', 'rejected') THEN '~withheld'
            WHEN d.kind = 'nothing' THEN '~nothing'
            ELSE d.action
        END AS action
    FROM fresh AS f
    LEFT JOIN records_person AS p ON p.id = (
        SELECT min(q.id) FROM records_person AS q
        WHERE q.account_id = f.account_id AND q.is_primary
    )
    LEFT JOIN decide_decision AS d
        ON d.term_id = f.term_id AND d.journey = %(journey)s AND d.step = %(step)s
    LEFT JOIN records_experiment AS c ON c.key = %(comparison)s
    LEFT JOIN records_assignment AS x ON x.experiment_id = c.id AND x.term_id = f.term_id
), ways AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(ways)s::jsonb) AS w (
        action text, template text, message_class text, channel text, rank integer,
        reaches_holdout boolean
    )
), reached AS MATERIALIZED (
    SELECT r.term_id, w.channel, min(c.address) AS address, w.template, w.message_class,
        w.reaches_holdout,
        row_number() OVER (
            PARTITION BY r.term_id
            ORDER BY
                coalesce(
                    (
                        SELECT j.place
                        FROM jsonb_array_elements_text(r.preferred_channels)
                            WITH ORDINALITY AS j (value, place)
                        WHERE j.value = w.channel
                    ),
                    -- What was learned of a person comes before what is usual at an age (CHN-11).
                    CASE
                        WHEN w.channel = h.channel THEN 50
                        WHEN r.preferred_channels <> '[]'::jsonb THEN 100
                        -- An account manager speaks with an enterprise (CHN-08).
                        WHEN w.channel = 'phone' AND r.is_managed THEN 59
                        WHEN w.channel = 'phone' AND r.born_year <= %(elderly_born_until)s THEN 60
                        WHEN w.channel = 'push' AND r.born_year > %(young_born_after)s THEN 60
                        WHEN w.channel = 'sms' AND r.born_year > %(young_born_after)s THEN 61
                        ELSE 100
                    END
                ),
                w.rank
        ) AS place
    FROM readers AS r
    JOIN ways AS w ON w.action = r.action
    JOIN records_contactpoint AS c
        ON c.person_id = r.person_id AND c.channel = w.channel AND c.bounced_at IS NULL
    LEFT JOIN act_habit AS h ON h.person_id = r.person_id
    GROUP BY r.term_id, w.channel, w.template, w.message_class, w.reaches_holdout, w.rank,
        r.preferred_channels, r.born_year, r.is_managed, h.channel
), sorted AS (
    SELECT r.term_id, r.account_id, r.person_id, r.ends_on, r.owner_name,
        (r.holdout_bucket < %(held_out_below)s)::integer AS is_held_out,
        r.language,
        CASE WHEN r.action = '' OR r.action LIKE '~%%' THEN NULL
            ELSE r.decision_id END AS decision_id,
        coalesce(b.template, w.template) AS template,
        coalesce(b.message_class, w.message_class) AS message_class,
        b.channel, b.address,
        CASE
            WHEN r.state = 'cancelling' THEN 'cancelling'
            WHEN r.is_of_store AND %(renews)s::boolean THEN 'sold_by_store'
            WHEN r.unfollowed <> '' THEN r.unfollowed
            WHEN %(tells)s::boolean THEN coalesce(nullif(r.elsewhere, ''), r.told_reason)
            WHEN r.person_id IS NULL THEN 'no_person'
            WHEN r.action = '~undecided' THEN 'undecided'
            WHEN r.action = '~waiting' THEN 'waiting'
            WHEN r.action = '~nothing' THEN 'nothing'
            WHEN w.action IS NULL AND r.action = '~withheld' THEN 'withheld'
            WHEN w.action IS NULL AND r.action LIKE '~arm:%%' THEN 'left_out'
            WHEN w.action IS NULL THEN 'no_carrier'
            WHEN r.is_minor AND NOT w.reaches_holdout THEN 'minor'
            WHEN b.term_id IS NULL THEN 'no_address'
            WHEN b.channel = 'phone' AND r.holdout_bucket < %(held_out_below)s
                AND NOT w.reaches_holdout THEN 'holdout'
            ELSE r.elsewhere
        END AS reason
    FROM readers AS r
    LEFT JOIN reached AS b ON b.term_id = r.term_id AND b.place = 1
    LEFT JOIN ways AS w ON w.action = r.action AND w.rank = 0
)
SELECT term_id, account_id, person_id, ends_on, owner_name, is_held_out, language, decision_id,
    template, message_class, channel, address,
    CASE WHEN reason <> '' THEN 'excluded' WHEN %(tells)s::boolean AND %(is_heard)s::boolean THEN 'webhook'
        WHEN %(tells)s::boolean THEN 'call'
        WHEN channel = 'phone' THEN 'call' ELSE 'message' END,
    reason
FROM sorted
