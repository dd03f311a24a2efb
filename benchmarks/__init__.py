"""athena_ds measured against its peers and against what the machine can do at all: `python -m benchmarks.run`."""
