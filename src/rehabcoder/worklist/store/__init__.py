"""The database of the worklist. No SQL is written outside this package."""
