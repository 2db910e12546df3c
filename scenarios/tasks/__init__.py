"""Independent tasks on one machine or many: the same results, whoever computes them."""
