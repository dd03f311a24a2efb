"""Forms, the wizard, live queries and the cell magic: they call the client and show what it says (extra `notebook`)."""
