-- One row per audience, offer and way of one campaign: how many customers got that offer, by the way
-- on which they were told (empty: not by a message, as yet or because a person calls).
SELECT
    member.audience,
    decision.action,
    coalesce(message.channel, '') AS channel,
    count(DISTINCT decision.id) AS customers
FROM decide_decision AS decision
INNER JOIN records_campaignmember AS member
    ON member.term_id = decision.term_id AND member.campaign_id = %(campaign_id)s
LEFT JOIN records_message AS message ON message.decision_id = decision.id
WHERE
    decision.journey = %(journey)s
    AND decision.outcome = 'chosen'
    AND decision.kind <> 'nothing'
GROUP BY member.audience, decision.action, coalesce(message.channel, '')
ORDER BY member.audience, customers DESC, decision.action, channel
