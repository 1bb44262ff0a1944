"""The second store: columnar tables by day that answer what everyone looked like as of a day."""
