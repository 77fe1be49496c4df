"""The database: declarative base, engine behaviour, transactions, guards and migrations. Knows no concept of the field."""
