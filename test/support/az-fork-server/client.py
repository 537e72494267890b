"""Replaces az: asks the fork server to run it with this process's arguments, environment, and streams.
Usage: client.py SOCKET [ARGUMENT...]

It imports only built-in modules: that makes its start three times as fast.
"""
import marshal
import sys

import _signal
import _socket
import posix

server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
try:
    # Where a server for this command group runs already.
    server.connect('-'.join(sys.argv[1:3]))
except OSError:
    server.connect(sys.argv[1])
request = marshal.dumps([sys.argv[2:], posix.environ, posix.getcwd(), posix.umask(0)])
# The first bytes carry the streams; the rest may take several writes.
streams = b''.join(stream.to_bytes(4, sys.byteorder) for stream in (0, 1, 2))
server.sendmsg([len(request).to_bytes(8, 'big')], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
server.sendall(request)
# The fork has them now: a pipe must end when the fork ends.
nothing = posix.open('/dev/null', posix.O_RDWR)
for stream in (0, 1):
    posix.dup2(nothing, stream)


def read_number():
    digits = b''
    while (byte := server.recv(1)) not in (b'', b'\n'):
        digits += byte
    return int(digits) if digits else None


pid = read_number()
if pid is None:
    sys.exit('The az fork server did not start this command.')
for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP):
    _signal.signal(number, lambda received, _: posix.kill(pid, received))
code = read_number()
if code is None:
    code = 1
if code < 0:
    _signal.signal(-code, _signal.SIG_DFL)
    posix.kill(posix.getpid(), -code)
sys.exit(code)
