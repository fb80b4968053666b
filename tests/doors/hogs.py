"""What a hostile document does to its reader, as functions of the document's bytes that a worker can run."""

import os
import signal
import time


def answer(body: bytes) -> int:
    """The process that answers."""
    return os.getpid()


def parent(body: bytes) -> int:
    """Of the process that answers."""
    return os.getppid()


def spin(body: bytes) -> None:
    while True:
        pass


def sleep(body: bytes) -> None:
    time.sleep(3600)


def swell(body: bytes) -> int:
    return len(bytearray(8 << 30))


_HOARD: list[bytes] = []


def hoard(body: bytes) -> None:
    """Keeps a copy of every document."""
    _HOARD.append(bytes(bytearray(body)))


def resident(body: bytes) -> int:
    """Bytes of memory that the process which answers has in use."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def crash(body: bytes) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def vanish(body: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Garbled:
    """Cannot be made again from what is sent of it."""

    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("no number",)


def garble(body: bytes) -> Garbled:
    return Garbled()


def stumble(body: bytes) -> None:
    raise ValueError("what a day")


def grow(body: bytes) -> bytes:
    return body * 3


def shout(body: bytes) -> int:
    os.write(1, body)
    return os.write(2, body)


def say_who_and_sleep(body: bytes, path: str) -> None:
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(3600)


def work_a_while(body: bytes) -> None:
    """Less CPU than any limit, but more than one when done again and again."""
    end = time.process_time() + 0.4
    while time.process_time() < end:
        pass
