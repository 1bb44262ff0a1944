"""A PostgreSQL cluster of our own: on loopback, without fsync, one for all workers of a run."""

import fcntl
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
}


@dataclass(frozen=True)
class Cluster:
    """A running server, open to this machine without a password."""

    port: int

    def address(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def create(self, *, name: str = "", template: str = "template1") -> str:
        """Make an empty database, or a copy of another one, and return its address."""
        name = name or f"tenure_{secrets.token_hex(6)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def drop(self, address: str) -> None:
        name = address.rpartition("/")[2]
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL on this machine."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name)
    )
    on_path = shutil.which("pg_ctl")
    if folders:
        return folders[-1]
    return Path(on_path).resolve().parent if on_path else None


def run_as_postgres(*command: str | Path) -> None:
    """Run a server's program; as root it refuses, so another user lends its name."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*prefix, *map(str, command)],
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=120,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_cluster(folder: Path, *, programs: Path) -> Cluster:
    """Make the cluster's files and start its server; `folder` is there afterwards."""
    folder.parent.chmod(0o711)
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    files = folder / "cluster"
    encoding = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"]
    run_as_postgres(programs / "initdb", "-D", files, "--username=postgres", *encoding)
    port = free_port()
    settings = {**OPTIONS, "port": str(port), "unix_socket_directories": str(folder)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    log = folder / "log"
    run_as_postgres(
        programs / "pg_ctl", "-D", files, "-l", log, "-o", options, "-w", "-t", "60", "start"
    )
    (folder / "port").write_text(str(port))
    return Cluster(port)


def stop_cluster(root: Path) -> None:
    """Stop the run's server, if a test asked for one."""
    programs = binaries()
    if programs is not None and (root / "postgres" / "cluster").exists():
        files = root / "postgres" / "cluster"
        run_as_postgres(programs / "pg_ctl", "-D", files, "-m", "immediate", "-w", "stop")


@pytest.fixture(scope="session")
def postgres_cluster() -> Cluster:
    """The run's PostgreSQL server; the first worker that asks starts it."""
    programs = binaries()
    if programs is None:
        pytest.skip("missing PostgreSQL's binaries")
    root = Path(os.environ["TENURE_TEST_ROOT"])
    folder = root / "postgres"
    with (root / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "port").exists():
            return Cluster(int((folder / "port").read_text()))
        return start_cluster(folder, programs=programs)


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The address of an empty database that this test has for itself."""
    address = postgres_cluster.create()
    yield address
    postgres_cluster.drop(address)
