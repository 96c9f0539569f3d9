"""From bytes on the wire to one record. On the worker's thread; nothing here knows the library or the network."""
