UPDATE act_enrolment SET ends_on = (
    SELECT t.ends_on FROM records_term AS t WHERE t.id = act_enrolment.term_id
)
WHERE EXISTS (
    SELECT 1 FROM records_term AS t
    WHERE t.id = act_enrolment.term_id AND t.ends_on <> act_enrolment.ends_on
)
