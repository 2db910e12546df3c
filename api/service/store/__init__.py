"""Tables, migrations and transactions; SQLite without any set-up, PostgreSQL for a team."""
