-- The triggers that are there; a migration that rebuilds a table of SQLite drops its own.
SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'touched\_%%' ESCAPE '\'
