"""The Athena API: states, workgroups, result files; what a statement means is known below `athena_ds.local.sql`."""
