"""A way to PostgreSQL that can lose the reply to a COMMIT: it was done, and nobody hears of it."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
CHUNK = 1 << 16


class Proxy:
    """`loses`: share of the commits whose reply is lost while it is above 0."""

    def __init__(self, folder: Path, server: Path, seed: int) -> None:
        self.folder = folder
        self.loses = 0.0
        self.lost = 0
        self._server = str(server / SOCKET)
        self._dice = random.Random(seed)

    async def _carry(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        try:
            reader, writer = await asyncio.open_unix_connection(self._server)
        except OSError:
            answer.close()
            return
        back = asyncio.create_task(_pour(reader, answer))
        try:
            while data := await client.read(CHUNK):
                is_lost = b"COMMIT" in data and self._dice.random() < self.loses
                if is_lost:
                    back.cancel()
                    with suppress(asyncio.CancelledError):
                        await back
                writer.write(data)
                await writer.drain()
                if is_lost:
                    # It has been carried out when the server says so; then the line goes dead.
                    await reader.read(CHUNK)
                    self.lost += 1
                    return
        except OSError:
            return
        finally:
            back.cancel()
            writer.close()
            answer.close()

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        path = self.folder / SOCKET
        server = await asyncio.start_unix_server(self._carry, path)
        path.chmod(0o777)
        ready.set()
        await stop.wait()
        server.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextmanager
def running_proxy(folder: Path, server: Path, seed: int = 1) -> Iterator[Proxy]:
    """A proxy in a thread of its own, listening in `folder`."""
    proxy = Proxy(folder, server, seed)
    ready, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    def run() -> None:
        loop.run_until_complete(proxy.serve(ready, stop))
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
