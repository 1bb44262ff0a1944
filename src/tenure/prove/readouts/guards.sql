-- One row per arm of one experiment: its accounts, and how many of them complained, and how many
-- took a permission for marketing back, since they were assigned.
SELECT
    per_account.arm,
    count(*),
    sum(
        CASE
            WHEN EXISTS (
                SELECT 1
                FROM records_ticket AS ticket
                WHERE
                    ticket.account_id = per_account.account_id
                    AND ticket.kind = 'complaint'
                    AND ticket.opened_at >= per_account.assigned_on
                    AND ticket.opened_at < %(before)s
            ) THEN 1
            ELSE 0
        END
    ),
    sum(
        CASE
            WHEN EXISTS (
                SELECT 1
                FROM records_person AS person
                INNER JOIN records_consent AS consent ON consent.person_id = person.id
                WHERE
                    person.account_id = per_account.account_id
                    AND consent.purpose = 'marketing'
                    AND consent.withdrawn_at >= per_account.assigned_on
                    AND consent.withdrawn_at < %(before)s
            ) THEN 1
            ELSE 0
        END
    )
FROM (
    SELECT
        assignment.account_id,
        assignment.arm,
        min(assignment.assigned_on) AS assigned_on
    FROM records_assignment AS assignment
    INNER JOIN records_experiment AS experiment ON experiment.id = assignment.experiment_id
    WHERE
        experiment."key" = %(key)s
        AND assignment.assigned_on <= %(as_of)s
    GROUP BY assignment.account_id, assignment.arm
) AS per_account
GROUP BY per_account.arm
