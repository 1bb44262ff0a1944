"""How each feature is computed: Narwhals tables in, one table out, a file per source."""
