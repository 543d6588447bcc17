"""What reporting itself offers for export: the case list and statements of the SQL tab."""
