"""What the rooms of the endpoint say to one another: types, rows, their text, what a run and an engine are given."""
