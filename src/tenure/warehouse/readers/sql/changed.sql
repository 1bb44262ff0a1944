SELECT row_id FROM records_touched WHERE fact = '{fact}'
