"""A worker: a forked process that runs stored code, one run or several at once."""
