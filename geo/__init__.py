"""Maps: travel times and distances behind the `TravelTimes` port. Knows no engine."""
