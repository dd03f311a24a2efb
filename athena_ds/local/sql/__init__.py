"""What a statement is: read, typed, classified; no engine is known here."""
