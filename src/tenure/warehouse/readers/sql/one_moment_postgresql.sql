-- The moment is that of the first query after the level is set.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT count(*) FROM (SELECT id FROM records_account LIMIT 1) AS touched
