SELECT 1 -- One row where anything about money is to be done at an instant, none where nothing is.
WHERE EXISTS (SELECT 1 FROM records_payment WHERE next_query_at <= %(at)s)
   OR EXISTS (
       SELECT 1 FROM act_effect
       WHERE done_at IS NULL AND stuck_at IS NULL AND due_at <= %(at)s
   )
   OR EXISTS (
       SELECT 1 FROM records_refund
       WHERE (state = 'requested' AND (NOT needs_second OR approved_by <> ''))
          OR (state = 'processing' AND next_query_at <= %(at)s)
   )
   OR EXISTS (SELECT 1 FROM records_batchline WHERE back_minor IS NOT NULL)
   OR EXISTS (SELECT 1 FROM records_group WHERE state = 'open' AND deadline_at <= %(at)s)
   OR EXISTS (SELECT 1 FROM records_order WHERE state = 'open' AND expires_at <= %(at)s)
