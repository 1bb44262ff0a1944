-- One writer commits at a time: every change up to this number is in the moment.
SELECT coalesce(max(id), 0) AS seen FROM records_touched
