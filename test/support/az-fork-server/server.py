"""Runs az in forks of one Python process that has imported az already. Usage: server.py SOCKET

Each connection is one run: the client sends its three standard streams, arguments, environment and working directory,
and receives the run's process ID and, at its end, its exit code. What a run had to import is imported here too, for the
runs after it. Standard input is a pipe of the parent: when it ends, the server ends with all runs.
"""
import array
import gc
import importlib
import json
import os
import random
import runpy
import selectors
import shutil
import signal
import socket
import sys
import tempfile

# az computes paths below its configuration directory when it is imported. A fork replaces this prefix by its own.
SCRATCH = tempfile.mkdtemp(prefix='az-fork-server-')
os.environ['AZURE_CONFIG_DIR'] = SCRATCH


def run(request, report):
    """In the fork: becomes the az process that the client asked for."""
    os.chdir(request['cwd'])
    os.umask(request['umask'])
    os.environ.clear()
    os.environ.update(request['env'])
    own = os.environ.get('AZURE_CONFIG_DIR') or os.path.join(os.path.expanduser('~'), '.azure')
    for name, module in list(sys.modules.items()):
        if not name.startswith('azure.cli'):
            continue
        for attribute, value in list(vars(module).items()):
            if type(value) is str and value.startswith(SCRATCH):
                setattr(module, attribute, own + value[len(SCRATCH):])
    random.seed()
    known = set(sys.modules)
    sys.argv = ['az', *request['argv']]
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
    new = [name for name in sys.modules if name not in known and name.split('.')[0] == 'azure']
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or 1
    os.write(report, json.dumps(new).encode())
    os._exit(code)


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
    return json.loads(data), list(fds)


def main():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(64)
    import azure.cli.core  # noqa: F401
    import azure.cli.core.commands  # noqa: F401
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
            run(request, report)
        for descriptor in (*streams, report):
            os.close(descriptor)
        connection.sendall(b'%d\n' % pid)
        runs[pid] = (connection, reading)
        selector.register(connection, selectors.EVENT_READ, pid)

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
            for name in json.loads(learned or b'[]'):
                try:
                    importlib.import_module(name)
                except BaseException:
                    pass
            gc.freeze()

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
