"""Runs az in forks of one Python process that has already imported az. Usage: server.py SOCKET

Each connection is one run: the client sends its three standard streams, arguments, environment and working directory,
and receives the run's process ID and, at its end, its exit code. What a run imported, and the regular expressions that
it compiled, the server loads too, for the runs after it. Standard input is a pipe of the parent: when it ends, the
server ends with all runs.

A fork copies each page of memory that it changes, and reading a Python object changes its reference count: whatever a
fork can leave to the server, the server does once.
"""
import array
import encodings.utf_8_sig  # noqa: F401
import gc
import importlib
import itertools
import marshal
import netrc  # noqa: F401
import os
import pkgutil  # noqa: F401
import platform
import random
import re
import runpy
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import timeit  # noqa: F401

# az computes paths below its configuration directory when it is imported. A fork replaces this prefix by its own.
SCRATCH = tempfile.mkdtemp(prefix='az-fork-server-')
os.environ['AZURE_CONFIG_DIR'] = SCRATCH


def scratch_paths():
    """What lies below the prefix: module, attribute, and the rest of the path."""
    return [
        (module, attribute, value[len(SCRATCH):])
        for name, module in list(sys.modules.items())
        if name.startswith('azure.cli')
        for attribute, value in list(vars(module).items())
        if type(value) is str and value.startswith(SCRATCH)
    ]


def run(request, paths, report):
    """In the fork: becomes the az process that the client asked for."""
    arguments, environment, directory, umask = request
    os.chdir(directory)
    os.umask(umask)
    os.environ.clear()
    os.environb.update(environment)
    own = os.environ.get('AZURE_CONFIG_DIR') or os.path.join(os.path.expanduser('~'), '.azure')
    for module, attribute, rest in paths:
        setattr(module, attribute, own + rest)
    random.seed()
    modules = len(sys.modules)
    patterns = len(re._cache)
    sys.argv = ['az', *arguments]
    code = 1
    try:
        runpy.run_module('azure.cli', run_name='__main__', alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    new_modules = [name for name in added(sys.modules, modules) if name.split('.')[0] == 'azure']
    new_patterns = [key[1:] for key in added(re._cache, patterns) if type(key[1]) in (str, bytes)]
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or 1
    learned = marshal.dumps([new_modules, [(pattern, int(flags)) for pattern, flags in new_patterns]])
    # The server reads it when the run has ended: more than a pipe holds would wait for ever.
    if len(learned) < 1 << 16:
        os.write(report, learned)
    os._exit(code)


def added(table, size):
    """The keys that a dictionary received since it had this size."""
    return list(itertools.islice(reversed(table), max(len(table) - size, 0)))


def receive(connection):
    """The request of a client, and its three streams."""
    fds = array.array('i')
    data, ancillary, _, _ = connection.recvmsg(1 << 16, socket.CMSG_LEN(3 * fds.itemsize))
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    size = int.from_bytes(data[:8], 'big')
    data = data[8:]
    while len(data) < size:
        more = connection.recv(1 << 16)
        if not more:
            raise EOFError
        data += more
    return marshal.loads(data), list(fds)


def main():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(64)
    import azure.cli.core  # noqa: F401
    import azure.cli.core.commands  # noqa: F401
    # platform starts a process for what az sends in its User-Agent header, and keeps the answer.
    platform.platform()
    paths = scratch_paths()
    # A run ends before a collection is worth the pages that it touches.
    gc.disable()
    gc.freeze()
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ, None)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    # Wakes the loop when a run ends.
    woken, waker = socket.socketpair()
    for end in (woken, waker):
        end.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    selector.register(woken, selectors.EVENT_READ, None)
    runs = {}

    def start(connection):
        request, streams = receive(connection)
        reading, report = os.pipe()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
            for target, stream in enumerate(streams):
                os.dup2(stream, target)
            keep = {0, 1, 2, report}
            for entry in os.listdir('/proc/self/fd'):
                if int(entry) not in keep:
                    try:
                        os.close(int(entry))
                    except OSError:
                        pass
            sys.stdin = open(0, encoding='utf-8', closefd=False)
            sys.stdout = open(1, 'w', encoding='utf-8', closefd=False, buffering=1 if os.isatty(1) else -1)
            sys.stderr = open(2, 'w', encoding='utf-8', closefd=False, buffering=1, errors='backslashreplace')
            run(request, paths, report)
        for descriptor in (*streams, report):
            os.close(descriptor)
        connection.sendall(b'%d\n' % pid)
        runs[pid] = (connection, reading)
        selector.register(connection, selectors.EVENT_READ, pid)

    def learn(report):
        nonlocal paths
        modules, patterns = marshal.loads(report) if report else ([], [])
        for name in modules:
            try:
                importlib.import_module(name)
            except BaseException:
                pass
        for pattern, flags in patterns:
            try:
                re.compile(pattern, flags)
            except (re.error, ValueError):
                pass
        if modules or patterns:
            paths = scratch_paths()
            gc.freeze()

    def reap():
        while runs:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            # What an import started, and no run.
            if pid not in runs:
                continue
            connection, reading = runs.pop(pid)
            if connection in selector.get_map():
                selector.unregister(connection)
            try:
                connection.sendall(b'%d\n' % os.waitstatus_to_exitcode(status))
            except OSError:
                pass
            connection.close()
            learned = b''
            while more := os.read(reading, 1 << 16):
                learned += more
            os.close(reading)
            learn(learned)

    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                if os.read(0, 4096):
                    continue
                for pid in runs:
                    os.kill(pid, signal.SIGKILL)
                shutil.rmtree(SCRATCH, ignore_errors=True)
                return
            if key.fileobj is listener:
                connection, _ = listener.accept()
                try:
                    start(connection)
                except (EOFError, OSError, ValueError):
                    connection.close()
            elif key.fileobj is woken:
                woken.recv(4096)
                reap()
            elif key.data in runs:
                # A client sends nothing after its request: it has ended, and its run ends with it.
                selector.unregister(key.fileobj)
                os.kill(key.data, signal.SIGKILL)


main()
