"""DDL against Glue: what each statement changes there, or says of it."""
