-- One journal entry for each term of a state whose end has come, before the term is moved on.
INSERT INTO records_entry ("at", "on", kind, actor, account_id, term_id, content, once_key)
SELECT
    %(at)s,
    %(as_of)s,
    %(kind)s,
    %(by)s,
    term.account_id,
    term.id,
    %(content)s,
    %(kind)s || ':' || term.id || ':' || term.ends_on
FROM records_term AS term
WHERE
    term.state = %(state)s
    AND term.ends_on <= %(last_end)s
    AND (%(end_kind)s = '' OR term.end_kind = %(end_kind)s)
    AND (%(ids)s IS NULL OR term.id IN (SELECT value FROM json_each(%(ids)s)))
ON CONFLICT DO NOTHING
