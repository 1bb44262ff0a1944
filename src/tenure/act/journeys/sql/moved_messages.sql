-- Waiting messages of journeys that were planned for another end of their term.
SELECT DISTINCT m.id
FROM act_enrolment AS e
JOIN records_term AS t ON t.id = e.term_id AND t.ends_on <> e.ends_on
JOIN records_message AS m ON m.term_id = t.id AND m.journey = e.journey AND m.state = 'planned'
