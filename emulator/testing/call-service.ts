import type { Request, Service } from '../http/service.ts';

export interface ServiceReply {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined` if it is not a JSON object or list. */
  // biome-ignore lint/suspicious/noExplicitAny: tests check bodies of every type
  readonly body: any;
  readonly text: string;
  readonly bytes: Buffer;
}

/** Without a network. An object is sent as JSON. */
export async function callService(
  service: Service,
  method: string,
  url: string,
  headers: Request['headers'] = {},
  body: unknown = '',
): Promise<ServiceReply> {
  const sent = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await service({
    method,
    url: new URL(url),
    headers,
    body: Buffer.from(sent),
    signal: new AbortController().signal,
  });
  const bytes = await readAll(reply.body);
  const text = bytes.toString('utf8');
  return {
    status: reply.status,
    headers: Object.fromEntries(
      Object.entries(reply.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
    ),
    body: /^[[{]/.test(text) ? JSON.parse(text) : undefined,
    text,
    bytes,
  };
}

async function readAll(body: Awaited<ReturnType<Service>>['body'] = ''): Promise<Buffer> {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
