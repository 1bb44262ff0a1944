-- The keys of a table of facts that changed since it was copied last; 0 stands for all of them.
SELECT DISTINCT row_id AS row_id FROM records_touched WHERE fact = '{fact}' ORDER BY row_id
