-- One trigger of SQLite: {event} on {source} touches the rows of a table of facts.
CREATE TRIGGER IF NOT EXISTS touched_{source}_{event} AFTER {event} ON {source} BEGIN
    INSERT INTO records_touched (fact, row_id) {rows};
END
