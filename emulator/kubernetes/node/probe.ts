import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Container, HttpGetAction, ProbeHandler, TcpSocketAction } from '../objects.ts';
import type { RunningContainer } from './runtime.ts';

/** The message is the one after `probe failed: ` in the event. */
export type ProbeResult = { readonly success: true } | { readonly success: false; readonly message: string };

export interface ProbeTarget {
  readonly container: Container;
  readonly running: RunningContainer;
  /** The pod's own IP, for messages. */
  readonly podIP: string;
  /** Host at which the node reaches ports of the pod. */
  readonly host: string;
}

/** Bytes kept of a command's output. */
const maxOutput = 10 * 1024;
const maxRedirects = 10;

/**
 * Probes a container once.
 * @param timeout milliseconds
 * @param signal cancels the probe; the result is then meaningless
 * @see https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export async function probe(
  handler: ProbeHandler,
  target: ProbeTarget,
  timeout: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const deadline = AbortSignal.timeout(timeout);
  const ends = AbortSignal.any([deadline, signal]);
  try {
    if (handler.exec !== undefined) {
      return await runCommand(handler.exec.command ?? [], target.running, timeout, ends, deadline);
    }
    if (handler.httpGet !== undefined) return await get(handler.httpGet, target, ends, deadline);
    if (handler.tcpSocket !== undefined) return await dial(handler.tcpSocket, target, ends, deadline);
    return failure('missing probe handler');
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** @throws Error if the hook fails */
export async function runHook(
  handler: ProbeHandler,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<void> {
  const forever = 2 ** 31 - 1;
  const result = await probe(handler, target, forever, signal);
  if (!result.success) throw new Error(result.message);
}

async function runCommand(
  command: readonly string[],
  running: RunningContainer,
  timeout: number,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<ProbeResult> {
  const { exitCode, output } = await running.exec(command, signal);
  if (deadline.aborted) {
    return failure(`command timed out: "${command.join(' ')}" timed out after ${timeout / 1000}s`);
  }
  return exitCode === 0 ? { success: true } : failure(output.subarray(0, maxOutput).toString('utf8'));
}

async function get(
  action: HttpGetAction,
  target: ProbeTarget,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<ProbeResult> {
  const port = portOf(action.port, target.container);
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  // The default host is the pod.
  const named = action.host || target.podIP;
  const path = action.path?.startsWith('/') ? action.path : `/${action.path ?? ''}`;
  let url = new URL(`${scheme}://${named}:${port}${path}`);
  for (let redirects = 0; ; redirects += 1) {
    const shown = `Get "${url}"`;
    try {
      const { status, location } = await requestOnce(url, action, target, signal);
      const next = location === undefined ? undefined : new URL(location, url);
      const follows = status >= 300 && status < 400 && next !== undefined;
      // A redirect to another host counts as success without following it.
      if (follows && next.hostname === url.hostname) {
        if (redirects === maxRedirects) return failure(`${shown}: stopped after ${maxRedirects} redirects`);
        url = next;
        continue;
      }
      return status >= 200 && status < 400
        ? { success: true }
        : failure(`HTTP probe failed with statuscode: ${status}`);
    } catch (error) {
      if (deadline.aborted) {
        return failure(
          `${shown}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
        );
      }
      return failure(`${shown}: ${dialError(error, named, Number(url.port) || port)}`);
    }
  }
}

function requestOnce(
  url: URL,
  { httpHeaders = [] }: HttpGetAction,
  { host, podIP }: ProbeTarget,
  signal: AbortSignal,
): Promise<{ status: number; location?: string }> {
  const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name.toLowerCase(), value]));
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: url.hostname === podIP ? host : url.hostname,
        port: url.port,
        path: url.pathname + url.search,
        headers: {
          host: url.host,
          'user-agent': 'kube-probe/1.35',
          accept: '*/*',
          connection: 'close',
          ...headers,
        },
        agent: false,
        // A kubelet does not verify certificates.
        rejectUnauthorized: false,
        signal,
      },
      response => {
        const { statusCode = 0 } = response;
        const { location } = response.headers;
        response.resume();
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: statusCode, ...(location !== undefined && { location }) }),
        );
      },
    );
    sent.once('error', reject);
    sent.end();
  });
}

async function dial(
  action: TcpSocketAction,
  { container, host, podIP }: ProbeTarget,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<ProbeResult> {
  const port = portOf(action.port, container);
  const named = action.host || podIP;
  try {
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ host: action.host || host, port, signal });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.destroy();
        resolve();
      });
    });
    return { success: true };
  } catch (error) {
    return failure(
      deadline.aborted ? `dial tcp ${named}:${port}: i/o timeout` : dialError(error, named, port),
    );
  }
}

/** Text of Go's net package for a failed connection. */
function dialError(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ECONNREFUSED: `dial tcp ${host}:${port}: connect: connection refused`,
    ENOTFOUND: `dial tcp: lookup ${host}: no such host`,
    ECONNRESET: 'EOF',
  };
  return known[code ?? ''] ?? message;
}

/** @throws Error if no port of the container has that name */
function portOf(port: number | string, { ports = [] }: Container): number {
  if (typeof port === 'number') return port;
  const named = ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
  if (Number.isNaN(named)) throw new Error(`couldn't find port: "${port}"`);
  return named;
}

function failure(message: string): ProbeResult {
  return { success: false, message };
}
