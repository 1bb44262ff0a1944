-- One row per arm and account of one experiment with a renewed term whose outcome is known.
SELECT DISTINCT
    assignment.arm,
    assignment.account_id
FROM records_assignment AS assignment
INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
INNER JOIN records_term AS term ON term.id = assignment.term_id
WHERE
    experiment."key" = %(key)s
    AND assignment.assigned_on <= %(as_of)s
    AND term.ends_on <= %(matured_until)s
    AND term.renewed_on <= %(as_of)s
ORDER BY assignment.arm, assignment.account_id
