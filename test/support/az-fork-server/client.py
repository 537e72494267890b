"""Stands for az: has the fork server run it with this process's arguments, environment and streams.
Usage: client.py SOCKET [ARGUMENT...]"""
import array
import json
import os
import signal
import socket
import sys

server = socket.socket(socket.AF_UNIX)
server.connect(sys.argv[1])
umask = os.umask(0)
request = json.dumps(
    {'argv': sys.argv[2:], 'env': dict(os.environ), 'cwd': os.getcwd(), 'umask': umask}
).encode()
# The first bytes carry the streams; the rest may take several writes.
header = len(request).to_bytes(8, 'big')
server.sendmsg([header], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0, 1, 2]))])
server.sendall(request)
# The fork has them now: a pipe must end when the fork ends.
nothing = os.open(os.devnull, os.O_RDWR)
for stream in (0, 1):
    os.dup2(nothing, stream)
answer = server.makefile('rb')
pid = int(answer.readline() or 0)
if pid == 0:
    sys.exit('The az fork server did not start this command.')
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda received, _: os.kill(pid, received))
code = int(answer.readline() or 1)
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
