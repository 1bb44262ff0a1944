-- A transaction of SQLite sees the moment of its first reading.
SELECT count(*) FROM (SELECT id FROM records_account LIMIT 1) AS touched
