"""Calls of stored procedures for a client in another language: ``python -m distkv.worker.caller SOCKET``."""
