-- One step of one journey on one day: for each term what becomes of it. Lives for one connection.
CREATE TEMP TABLE IF NOT EXISTS act_due (
    term_id bigint NOT NULL,
    account_id bigint NOT NULL,
    person_id bigint,
    ends_on date NOT NULL,
    owner_name text NOT NULL,
    is_held_out integer NOT NULL,
    language text,
    decision_id bigint,
    template text,
    message_class text,
    channel text,
    address text,
    outcome text NOT NULL,
    reason text NOT NULL
)
