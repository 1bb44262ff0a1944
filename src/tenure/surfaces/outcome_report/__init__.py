"""The report of `tenure model fit` as one page that needs nothing beside it."""
