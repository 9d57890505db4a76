"""Pages of docs/ that are drawn from the code, so that they cannot say something else."""
