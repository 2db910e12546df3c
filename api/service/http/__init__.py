"""What all routes share: the application, errors, versions, repeated requests, pages."""
