"""The connection fields: who asks, where, and where results go. Kept without a secret; nothing here asks AWS."""
