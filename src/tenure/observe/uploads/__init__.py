"""Lists that a person uploads: a CSV or XLSX file, read row by row, and nothing stored."""
