import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { create } from 'tar';
import { digestOf, mediaTypes } from '../../emulator/oci/manifests.ts';
import { buildImage } from '../../emulator/registry/builder/build.ts';
import { readContext } from '../../emulator/registry/builder/context.ts';

/**
 * A `docker` without a daemon. Builds like the emulator's ACR Tasks (no RUN, a language runtime as
 * base image). Logs in and pushes like docker, with docker's messages.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 */
async function main(command: string | undefined, args: string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      file: { type: 'string' },
      format: { type: 'string' },
      'password-stdin': { type: 'boolean' },
      platform: { type: 'string' },
      pull: { type: 'boolean' },
      tag: { type: 'string', multiple: true },
      username: { type: 'string' },
    },
  });
  const [subject = ''] = positionals;
  switch (command) {
    case 'version':
      return '28.2.2\n';
    case 'context':
      return 'unix:///var/run/docker.sock\n';
    case 'build':
      return build(subject, values.file ?? join(subject, 'Dockerfile'), values.tag ?? []);
    case 'login':
      return logIn(subject, `${values.username}:${(await text(process.stdin)).trim()}`);
    case 'push':
      return push(subject);
    default:
      throw new Error(`docker: '${command}' is not a docker command.`);
  }
}

/** Base64. */
interface Built {
  readonly config: string;
  readonly layers: readonly string[];
}

async function build(directory: string, dockerfile: string, tags: readonly string[]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of create({ cwd: directory }, ['.'])) chunks.push(Buffer.from(chunk));
  const context = new Map(await readContext(Buffer.concat(chunks)));
  context.set('.dockerfile', { type: 'File', mode: 0o644, content: readFileSync(dockerfile) });
  const image = await buildImage({
    context,
    dockerfile: '.dockerfile',
    args: new Map(),
    platform: { os: 'linux', architecture: 'amd64' },
    log: line => console.error(line),
  });
  const built: Built = {
    config: image.config.toString('base64'),
    layers: image.layers.map(layer => layer.toString('base64')),
  };
  for (const tag of tags) writeFileSync(imageFile(tag), JSON.stringify(built), { mode: 0o600 });
  return '';
}

/** @param credentials `USER:PASSWORD` */
async function logIn(server: string, credentials: string): Promise<string> {
  const auth = Buffer.from(credentials).toString('base64');
  const challenged = await fetch(`https://${server}/v2/`);
  const token = await bearer(challenged, auth);
  const answer = await fetch(`https://${server}/v2/`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw await refusal(answer);
  writeFileSync(settingsFile(), JSON.stringify({ auths: { [server]: { auth } } }), { mode: 0o600 });
  return 'Login Succeeded\n';
}

async function push(name: string): Promise<string> {
  const [, server = '', repository = '', tag = ''] = /^([^/]+)\/(.+):([^:/]+)$/.exec(name) ?? [];
  const built: Built = JSON.parse(readFileSync(imageFile(name), 'utf8'));
  const { auths } = JSON.parse(readFileSync(settingsFile(), 'utf8'));
  const root = `https://${server}/v2/${repository}`;
  const challenged = await fetch(`${root}/blobs/uploads/`, { method: 'POST' });
  const authorization = `Bearer ${await bearer(challenged, auths[server]?.auth)}`;
  const ask = async (method: string, url: string, body?: Buffer, type?: string): Promise<Response> => {
    const headers = { authorization, ...(type && { 'content-type': type }) };
    const answer = await fetch(url, { method, headers, ...(body && { body: new Uint8Array(body) }) });
    if (!answer.ok && method !== 'HEAD') throw await refusal(answer);
    return answer;
  };
  const upload = async (content: Buffer): Promise<void> => {
    const digest = digestOf(content);
    if ((await ask('HEAD', `${root}/blobs/${digest}`)).ok) return;
    const place = (answer: Response) => new URL(answer.headers.get('location') ?? '', root);
    const started = place(await ask('POST', `${root}/blobs/uploads/`));
    const sent = place(await ask('PATCH', started.href, content, 'application/octet-stream'));
    sent.searchParams.set('digest', digest);
    await ask('PUT', sent.href);
  };
  const config = Buffer.from(built.config, 'base64');
  const layers = built.layers.map(layer => Buffer.from(layer, 'base64'));
  for (const content of [...layers, config]) await upload(content);
  const described = (content: Buffer, mediaType: string) => ({
    mediaType,
    size: content.length,
    digest: digestOf(content),
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: described(config, mediaTypes.config),
      layers: layers.map(layer => described(layer, mediaTypes.layer)),
    }),
  );
  await ask('PUT', `${root}/manifests/${tag}`, manifest, mediaTypes.manifest);
  return `${tag}: digest: ${digestOf(manifest)} size: ${manifest.length}\n`;
}

/** From the realm of the registry's challenge. */
async function bearer(challenged: Response, auth: string | undefined): Promise<string> {
  if (challenged.status !== 401) throw await refusal(challenged);
  const challenge = challenged.headers.get('www-authenticate') ?? '';
  const parameter = (name: string) => new RegExp(`[ ,]${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const url = new URL(parameter('realm'));
  url.searchParams.set('service', parameter('service'));
  // A push also reads which layers exist.
  const scope = parameter('scope').replace(/:push$/, ':pull,push');
  if (scope) url.searchParams.set('scope', scope);
  const answer = await fetch(url, auth ? { headers: { authorization: `Basic ${auth}` } } : {});
  if (!answer.ok) throw await refusal(answer);
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function refusal(answer: Response): Promise<Error> {
  const said = await answer.text();
  try {
    const [{ code, message }] = JSON.parse(said).errors;
    return new Error(`${code.toLowerCase()}: ${message}`);
  } catch {
    return new Error(`received unexpected HTTP status: ${answer.status} ${answer.statusText}`);
  }
}

function imageFile(name: string): string {
  return join(process.env.DOCKER_STAND_IN ?? '', encodeURIComponent(name));
}

function settingsFile(): string {
  const directory = process.env.DOCKER_CONFIG ?? join(process.env.HOME ?? tmpdir(), '.docker');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return join(directory, 'config.json');
}

/** For the front of PATH. */
export function makeDocker(directory: string): string {
  const images = join(directory, 'images');
  mkdirSync(images, { recursive: true, mode: 0o700 });
  const program = join(directory, 'docker');
  const quoted = [process.execPath, import.meta.filename].map(each => `'${each.replaceAll("'", "'\\''")}'`);
  const { NODE_COMPILE_CACHE: cache = '' } = process.env;
  writeFileSync(
    program,
    `#!/bin/sh\nDOCKER_STAND_IN='${images}' NODE_COMPILE_CACHE='${cache}' NODE_USE_ENV_PROXY=1 exec ${quoted.join(' ')} "$@"\n`,
  );
  chmodSync(program, 0o700);
  return directory;
}

if (import.meta.main) {
  try {
    const [command, ...args] = process.argv.slice(2);
    process.stdout.write(await main(command, args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
