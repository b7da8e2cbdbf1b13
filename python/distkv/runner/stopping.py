"""How code that is not async is told to stop."""


class Terminated(BaseException):
    """
    Raised inside synchronous code whose run is cancelled, wherever it is; do not catch it, use ``finally``.

    In the main thread it interrupts system calls too; in another thread it waits for the next line of Python.
    """
