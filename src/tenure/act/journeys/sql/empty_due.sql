DELETE FROM act_due
