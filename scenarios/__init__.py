"""What-if studies: sites, demand and simulated days, in memory, built on the engines and the maps."""
