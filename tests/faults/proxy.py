"""A proxy between a process and a server's Unix socket, which can be told to misbehave."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from pathlib import Path


class Proxy:
    """Listens at `folder`/`name`, passes bytes to `target`. `mode`: pass, black-hole (nothing moves, nothing closes) or refuse.

    `delay_s` holds every piece back; `resets` is the chance that a piece ends its connection instead.
    """

    def __init__(self, target: Path, folder: Path, *, owner: tuple[int, int] | None = None) -> None:
        folder.mkdir(mode=0o755, exist_ok=True)
        self.folder, self.target = folder, target
        self.mode, self.delay_s, self.resets = "pass", 0.0, 0.0
        self._random = random.Random(1)
        self._open: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        path = folder / target.name
        path.unlink(missing_ok=True)
        self._listening.bind(str(path))
        path.chmod(0o777)
        self._listening.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.mode == "refuse":
                client.close()
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._hold()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(self.target))
        except OSError:
            client.close()
            return
        self._open += [client, server]
        threading.Thread(target=self._pump, args=(client, server), daemon=True).start()
        self._pump(server, client)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self._hold()
                if self.delay_s:
                    time.sleep(self.delay_s / 2)  # a question and its answer each wait half
                if self.resets and self._random.random() < self.resets:
                    break
                sink.sendall(piece)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _hold(self) -> None:
        while self.mode == "black-hole":
            time.sleep(0.05)

    def stop(self) -> None:
        """Close everything."""
        self._listening.close()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.close()
