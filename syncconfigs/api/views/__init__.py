"""Views of the API, a module per area: read the request, call one use case, answer."""
