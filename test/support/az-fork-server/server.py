"""Runs az in forks of one Python process that has already imported az. Usage: server.py SOCKET

Each connection is one run: the client sends its three standard streams, arguments, environment and working directory,
and receives the run's process ID and, at its end, its exit code. Standard input is a pipe of the parent: when it ends,
the server ends with all runs.

A fork costs time for each page of memory that the server has, and more for each page that the fork changes, be it only
an object's reference count. Therefore the first run of a command group, such as `aks`, starts a second server for it,
at SOCKET-aks. That one loads what its runs loaded: modules, and regular expressions. What every run needs, the first
server does before it forks.
"""
import array
import gc
import importlib
import itertools
import marshal
import os
import platform
import random
import re
import runpy
import selectors
import shutil
import signal
import socket
import ssl
import sys
import tempfile

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


def receive(connection, streams):
    """Returns the request of a client. Adds the descriptors of its three streams."""
    fds = array.array('i')
    data, ancillary, _, _ = connection.recvmsg(1 << 16, socket.CMSG_LEN(3 * fds.itemsize))
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    streams.extend(fds)
    size = int.from_bytes(data[:8], 'big')
    data = data[8:]
    while len(data) < size:
        more = connection.recv(1 << 16)
        if not more:
            raise EOFError
        data += more
    return marshal.loads(data)


def keep_open(*descriptors):
    """Closes what a fork inherited, except its standard streams and these."""
    for entry in os.listdir('/proc/self/fd'):
        if int(entry) > 2 and int(entry) not in descriptors:
            try:
                os.close(int(entry))
            except OSError:
                pass


def listen(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    return listener


def load_module(name):
    try:
        importlib.import_module(name)
    except BaseException:
        # A run that needs it reports why it cannot be imported.
        pass


def load():
    """az, and what most of its runs need."""
    for name in (
        *('encodings.utf_8_sig', 'netrc', 'pkgutil', 'timeit', 'azure.cli.core', 'azure.cli.core.commands'),
        *('azure.cli.core._help', 'azure.cli.core.auth.identity', 'azure.cli.core.commands.arm', 'azure.cli.core.parser'),
        *('azure.cli.core.commands.client_factory', 'azure.cli.core.sdk.policies', 'azure.core.rest._requests_basic'),
        'azure.mgmt.core',
    ):
        load_module(name)
    # These start a process, read the configuration of the name service, and set up OpenSSL, once in a process.
    platform.platform()
    socket.getaddrinfo('127.0.0.1', 443)
    handshake = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname='a')
    try:
        handshake.do_handshake()
    except ssl.SSLWantReadError:
        pass


class Server:
    """@param path where it listens, if it is the first server; one of a command group has none"""

    def __init__(self, listener, path=None):
        self.listener = listener
        self.path = path
        self.groups = {}
        self.runs = {}
        self.selector = selectors.DefaultSelector()
        self.woken, self.waker = socket.socketpair()
        for end in (self.woken, self.waker):
            end.setblocking(False)
        # Wakes the loop when a run ends.
        signal.set_wakeup_fd(self.waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for readable in (listener, sys.stdin, self.woken):
            self.selector.register(readable, selectors.EVENT_READ, None)
        self.prepare()

    def prepare(self):
        self.paths = scratch_paths()
        # A run ends before a collection is worth the pages that it touches.
        gc.disable()
        gc.freeze()

    def accept(self):
        connection, _ = self.listener.accept()
        streams = []
        try:
            request = receive(connection, streams)
            group = request[0][0] if request[0] else ''
            if self.path and group.isalpha() and group not in self.groups:
                self.start_group(group, connection, request, streams)
            else:
                self.start_run(connection, request, streams)
        except (EOFError, OSError, ValueError):
            connection.close()
        finally:
            # A pipe must end when the run ends.
            for stream in streams:
                os.close(stream)

    def start_group(self, group, connection, request, streams):
        listener = listen(f'{self.path}-{group}')
        pid = os.fork()
        if pid == 0:
            keep_open(listener.fileno(), connection.fileno(), *streams)
            group_server = Server(listener)
            group_server.start_run(connection, request, streams)
            for stream in streams:
                os.close(stream)
            group_server.serve()
            os._exit(0)
        self.groups[group] = pid
        listener.close()
        connection.close()

    def start_run(self, connection, request, streams):
        reading, report = os.pipe()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
            for target, stream in enumerate(streams):
                os.dup2(stream, target)
            keep_open(report)
            sys.stdin = open(0, encoding='utf-8', closefd=False)
            # The same objects as at the import: az keeps them in default arguments.
            sys.stdout.reconfigure(line_buffering=os.isatty(1) or b'PYTHONUNBUFFERED' in request[1])
            run(request, self.paths, report)
        os.close(report)
        self.runs[pid] = (connection, reading)
        self.selector.register(connection, selectors.EVENT_READ, pid)
        self.tell(connection, pid)

    def tell(self, connection, number):
        try:
            connection.sendall(b'%d\n' % number)
        except OSError:
            # The client has ended: the loop reads that from the connection.
            pass

    def learn(self, report):
        modules, patterns = marshal.loads(report) if report else ([], [])
        for name in modules:
            load_module(name)
        for pattern, flags in patterns:
            try:
                re.compile(pattern, flags)
            except (re.error, ValueError):
                pass
        if modules or patterns:
            self.prepare()

    def reap(self):
        while self.runs:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            # What an import started, and no run.
            if pid not in self.runs:
                continue
            connection, reading = self.runs.pop(pid)
            if connection in self.selector.get_map():
                self.selector.unregister(connection)
            self.tell(connection, os.waitstatus_to_exitcode(status))
            connection.close()
            report = b''
            while more := os.read(reading, 1 << 16):
                report += more
            os.close(reading)
            if not self.path:
                self.learn(report)

    def stop(self):
        for pid in self.runs:
            os.kill(pid, signal.SIGKILL)
        for pid in self.groups.values():
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass

    def serve(self):
        """Until standard input ends."""
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is sys.stdin:
                    if os.read(0, 4096):
                        continue
                    self.stop()
                    return
                if key.fileobj is self.listener:
                    self.accept()
                elif key.fileobj is self.woken:
                    self.woken.recv(4096)
                    self.reap()
                elif key.data in self.runs:
                    # A client sends nothing after its request: it has ended, and its run ends with it.
                    self.selector.unregister(key.fileobj)
                    os.kill(key.data, signal.SIGKILL)


for stream, errors in ((sys.stdout, 'strict'), (sys.stderr, 'backslashreplace')):
    stream.reconfigure(encoding='utf-8', errors=errors, line_buffering=True)
load()
server = Server(listen(sys.argv[1]), sys.argv[1])
server.serve()
shutil.rmtree(SCRATCH, ignore_errors=True)
