-- The triggers that are there and fire.
SELECT tgname FROM pg_trigger
WHERE tgname LIKE 'touched\_%%' AND NOT tgisinternal AND tgenabled <> 'D'
