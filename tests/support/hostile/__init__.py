"""A hostile site: one server on loopback, a named case per way in which the web misbehaves."""
