"""Between the database and the input document of a day (``docs/input.md``): import, the day to plan, its plan."""
