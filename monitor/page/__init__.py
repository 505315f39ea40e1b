"""The report as one page: from the story as a value to HTML that needs nothing else."""
