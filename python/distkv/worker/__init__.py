"""The processes that run stored code for a runner: ``python -m distkv.worker SOCKET``, see docs/worker.md."""
