-- Which change of which table of the database touches which rows of which table of facts.
-- Each heading names a table; the query below gives fact and key for a row as it is or was.
-- A plan or a version of it stands in thousands of terms: 0 says that all of them may be others.

-- table records_account
SELECT 'accounts', {seen}.id

-- table records_person
SELECT 'accounts', {seen}.account_id

-- table records_contactpoint
SELECT 'accounts', account_id FROM records_person WHERE id = {seen}.person_id

-- table records_consent
SELECT 'accounts', account_id FROM records_person WHERE id = {seen}.person_id

-- table records_term
SELECT 'terms', {seen}.id

-- table records_subscription
SELECT 'terms', id FROM records_term WHERE subscription_id = {seen}.id

-- table records_line
SELECT 'terms', id FROM records_term WHERE subscription_id = {seen}.subscription_id

-- table records_plan
SELECT 'terms', 0

-- table records_planversion
SELECT 'terms', 0

-- table records_payment
SELECT 'payments', {seen}.id

-- table records_message
SELECT 'contacts', {seen}.id

-- table records_ticket
SELECT 'tickets', {seen}.id

-- table records_answer
SELECT 'answers', {seen}.id

-- table records_incident
SELECT 'incidents', {seen}.id
