"""The queue, the worker's thread, and the way to the server."""
