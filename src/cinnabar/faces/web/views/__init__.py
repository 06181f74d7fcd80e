"""A view reads the request, calls one action and renders one answer."""
