"""The messages between a runner and its workers, and a worker's connection to its runner: see docs/worker.md."""
