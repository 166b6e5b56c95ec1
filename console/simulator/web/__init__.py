"""The HTTP server: routes, frames, control."""
