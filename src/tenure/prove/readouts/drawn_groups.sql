-- One row per step, action and arm ("tried" or "left"): of the choices that chance made between
-- the action and leaving alone, as sums over accounts, how many terms were renewed. Wherever
-- chance could have drawn both, it drew each as often as the other.
SELECT
    per_account.journey,
    per_account.step,
    per_account.action,
    per_account.arm,
    count(*),
    sum(per_account.terms),
    sum(per_account.terms * per_account.terms),
    sum(per_account.renewed),
    sum(1.0 * per_account.renewed * per_account.renewed),
    sum(1.0 * per_account.terms * per_account.renewed)
FROM (
    SELECT
        decision.account_id,
        decision.journey,
        decision.step,
        tried.action,
        CASE WHEN decision.action = tried.action THEN 'tried' ELSE 'left' END AS arm,
        count(*) AS terms,
        sum(CASE WHEN term.renewed_on <= %(as_of)s THEN 1 ELSE 0 END) AS renewed
    FROM decide_decision AS decision
    INNER JOIN records_term AS term ON term.id = decision.term_id
    INNER JOIN (
        SELECT DISTINCT drawn.action
        FROM decide_decision AS drawn
        WHERE drawn.explored AND drawn.kind <> 'nothing' AND drawn.as_of <= %(as_of)s
    ) AS tried
        ON
            (decision.action = tried.action OR decision.kind = 'nothing')
            AND ' ' || decision.drawn_from || ' ' LIKE '%% ' || tried.action || ' %%'
    WHERE
        decision.explored
        AND decision.as_of <= %(as_of)s
        AND term.ends_on <= %(matured_until)s
    GROUP BY
        decision.account_id,
        decision.journey,
        decision.step,
        tried.action,
        CASE WHEN decision.action = tried.action THEN 'tried' ELSE 'left' END
) AS per_account
GROUP BY per_account.journey, per_account.step, per_account.action, per_account.arm
ORDER BY per_account.journey, per_account.step, per_account.action, per_account.arm
