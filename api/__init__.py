"""The edge: files, command line, web. It turns what people write into the domain and back."""
