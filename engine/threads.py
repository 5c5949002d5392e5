"""Sums that must be the same to the last bit in; one thread of the linear algebra library out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_BRING_LIBRARIES: Final = ("sklearn", "sklearn.cluster", "torch", "lightfm", "faiss", "cv2", "av")
"""Packages that load a copy of their own when they are imported, beside numpy and scipy."""


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
    only a copy that is loaded can be held to one thread: they are looked for again where one more
    of the packages that bring some has been imported.
    """
    import scipy.linalg  # noqa: F401

    libraries = _loaded(tuple(name for name in _BRING_LIBRARIES if name in sys.modules))
    with libraries.limit(limits=1, user_api=None if models else "blas"):
        yield


@lru_cache(maxsize=1)
def _loaded(_packages: tuple[str, ...]) -> "ThreadpoolController":
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


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
