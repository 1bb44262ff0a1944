"""Ways of copying records into Parquet: in this process, or in a child that holds no Django."""
