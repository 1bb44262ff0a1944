-- Every line: a term with lines is never a plain one.
SELECT
    line.id,
    line.term_id,
    line.kind,
    line.closes_id,
    line.amount_minor,
    line.tax_minor,
    line.sold_on,
    line.starts_on,
    line.ends_on,
    line.closed_on,
    line.extended_days
FROM records_termline AS line
ORDER BY line.id
