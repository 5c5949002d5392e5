"""Sums that must be the same to the last bit in; one thread of the linear algebra library out."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread(*, models: bool = False) -> Iterator[None]:
    """Add up in one order meanwhile, however many threads the machine has.

    Parameters
    ----------
    models : bool
        Hold the text models to one thread too, which takes several times as long.

    Notes
    -----
    A matrix product divides its sums among threads, so the last bits depend on their number; the
    same seed has to give the same bytes (measured with OpenBLAS: 37 x 384 by 384 x 62 differ
    between one thread and two). Small sums are also several times faster on one thread: others
    only wait, and take a processor to do so. numpy and scipy each bring a copy of the library, and
    only a copy that is loaded can be held to one thread.
    """
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api=None if models else "blas"):
        yield


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """One thread for torch meanwhile: with more, sums are taken in another order."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
