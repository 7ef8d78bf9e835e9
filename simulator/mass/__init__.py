"""Mass sends: the jobs, who gets them, what the platform reports."""
