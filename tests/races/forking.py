"""Starts servers fast: a process that has imported everything and forks a `risk-registry serve` at each line it reads.

    python -m tests.races.forking DATA PORT

A line on standard input starts a server; its process number is printed. The servers are whole processes of their own,
to be killed by their number; this one only waits for the next line.
"""

from __future__ import annotations

import os
import sys

from risk_registry.cli import cli


def main(data: str, port: str) -> None:
    """Fork a server a line."""
    for _line in sys.stdin:
        number = os.fork()
        if number == 0:
            # The server must not read the lines meant for this process.
            os.close(0)
            os.dup2(2, 1)
            cli.main(args=["--data", data, "serve", "--port", port, "--threads", "8"], prog_name="risk-registry")
            os._exit(0)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        os.waitpid(number, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
