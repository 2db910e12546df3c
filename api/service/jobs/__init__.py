"""Plans are made outside requests: a queue in the database, workers that lease jobs, a process for each job."""
