"""The visible things pages are made of; each takes values and callbacks and knows nothing else."""
