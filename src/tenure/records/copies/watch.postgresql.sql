-- The trigger of PostgreSQL on {source}: each change touches rows of a table of facts.
CREATE OR REPLACE FUNCTION touched_{source}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO records_touched (fact, row_id) {new};
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO records_touched (fact, row_id) {old};
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER touched_{source}_any AFTER INSERT OR UPDATE OR DELETE ON {source}
FOR EACH ROW EXECUTE FUNCTION touched_{source}()
