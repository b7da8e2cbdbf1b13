"""The parent of workers: a warm, single-threaded process that forks, limits, signals and reaps them."""
