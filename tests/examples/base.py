"""A base image without a registry: an interpreter of this machine, its libraries and four commands, as a tar file."""

from __future__ import annotations

import re
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from tests.examples.machine import Interpreter

COMMANDS = ("sh", "mkdir", "chown", "rm")
PASSWD = b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
# No index: what the build installs comes from the folder, or not at all.
PIP_CONF = b"[global]\nno-index = true\nfind-links = /wheels\n"
# What wheels for any Linux may expect besides: PEP 599, its list of libraries.
EXPECTED = ("libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libresolv.so.2", "libgcc_s.so.1")
LEFT_OUT = ("/site-packages", "/dist-packages", "/test", "/__pycache__", "/idlelib")


def write_base(path: Path, python: Interpreter, wheels: Iterable[Path]) -> None:
    """Write a root file system to a tar file, wheels and pip's settings for an offline build with it."""
    files = dict(_files(python))
    files |= {Path("/wheels", wheel.name): wheel for wheel in wheels}
    with tarfile.open(path, "w", dereference=True) as tar:
        for folder in ("tmp", "proc", "sys", "dev", "root"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(entry)
        for name, content in (("etc/passwd", PASSWD), ("etc/pip.conf", PIP_CONF)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, BytesIO(content))
        for path_inside, source in sorted(files.items()):
            tar.add(source, str(path_inside).lstrip("/"), recursive=False)


def _files(python: Interpreter) -> Iterator[tuple[Path, Path]]:
    """Yield the name in the image and the file of this machine, for all that the interpreter and the commands need."""
    programs = [python.path, *(Path("/bin", name) for name in COMMANDS)]
    library = _library(python)
    files = (path for path in library.rglob("*") if path.is_file())
    modules = [path for path in files if not any(part in str(path) for part in LEFT_OUT)]
    ensured = Path("/usr/share/python-wheels").glob("*.whl")  # Debian's ensurepip takes its wheels there
    for path in (*modules, *ensured):
        yield path, path
    for path in (*programs, *_shared([*programs, *(path for path in modules if path.suffix == ".so")])):
        yield path, path.resolve()
    yield python.path.with_name("python3"), python.path
    cache = Path("/etc/ld.so.cache")  # where the loader finds libraries besides the usual folders
    if cache.exists():
        yield cache, cache


def _library(python: Interpreter) -> Path:
    script = "import sysconfig; print(sysconfig.get_path('stdlib'))"
    shown = subprocess.run([python.path, "-c", script], capture_output=True, text=True, check=True).stdout
    return Path(shown.strip())


def _shared(programs: Iterable[Path]) -> set[Path]:
    """Return the shared libraries that programs name, and the loader."""
    shown = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    found = {Path(name) for name in re.findall(r"(/\S+) \(0x", shown)}
    (folder,) = {path.parent for path in found if path.name == "libc.so.6"}
    return found | {folder / name for name in EXPECTED if (folder / name).exists()}
