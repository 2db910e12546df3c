"""One file a model; the registry names them."""
