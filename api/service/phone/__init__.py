"""The technician's phone: today's route, and what it reports, often late and more than once."""
