"""One experiment, from its plan to what may be said of it; any table with an arm column will do."""
