"""What rules/_fast.c offers."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

class Memo:
    def __init__(self, look: Callable[[str], bytes], limit: int, longest: int, /) -> None: ...
    def read(self, text: str, /) -> bytes: ...

class Finder:
    def __init__(self, *arrays: NDArray[Any]) -> None: ...
    def found(
        self, marks: bytes, programs: list[bytes | None], tally: NDArray[Any], /
    ) -> tuple[bytes, bytes]: ...
