import { gzipSync } from 'node:zlib';
import { Header, Parser, type ReadEntry } from 'tar';
import { describe, expect, test } from 'vitest';
import { packLayer } from '../../oci/layers.ts';
import { buildImage } from './build.ts';
import { readContext } from './context.ts';

/** @param files by path; a directory ends in a slash */
function archive(files: Record<string, string>): Buffer {
  const entries = Object.entries(files).map(([path, text]) => {
    const isDirectory = path.endsWith('/');
    return [
      path.replace(/\/$/, ''),
      {
        type: isDirectory ? ('Directory' as const) : ('File' as const),
        mode: isDirectory ? 0o755 : 0o640,
        uid: 0,
        gid: 0,
        content: Buffer.from(text),
      },
    ] as const;
  });
  return gzipSync(packLayer(new Map(entries)));
}

// biome-ignore lint/suspicious/noExplicitAny: tests check every member of a config
type Config = any;

async function build(
  dockerfile: string,
  files: Record<string, string> = {},
  args: Record<string, string> = {},
): Promise<{ config: Config; files: Map<string, ReadEntry & { text: string }>; log: string[] }> {
  const log: string[] = [];
  const image = await buildImage({
    context: await readContext(archive({ Dockerfile: dockerfile, ...files })),
    dockerfile: 'Dockerfile',
    args: new Map(Object.entries(args)),
    platform: { os: 'linux', architecture: 'amd64' },
    log: line => log.push(line),
  });
  const found = new Map<string, ReadEntry & { text: string }>();
  for (const layer of image.layers) {
    await new Promise<void>((resolve, reject) => {
      const parser = new Parser({
        strict: true,
        onReadEntry: entry => {
          let text = '';
          entry.on('data', chunk => {
            text += chunk.toString();
          });
          entry.on('end', () => found.set(entry.path, Object.assign(entry, { text })));
        },
      });
      parser.on('end', resolve);
      parser.on('error', reject);
      parser.end(layer);
    });
  }
  return { config: JSON.parse(image.config.toString()), files: found, log };
}

const node = 'FROM mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot';

test('builds the image of a client: base, files, owner, user, command', async () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const { config, files, log } = await build(
    `# a comment
${node}@${digest}
ARG VERSION=1
ENV NODE_ENV=production GREETING="hello $VERSION"
WORKDIR /app
COPY --chown=65532:65532 dist/main.mjs \\
  # a comment inside
  ./
LABEL a=b
EXPOSE 8080 53/udp
USER 65532:65532
ENTRYPOINT ["/usr/bin/node", "/app/main.mjs"]
`,
    { 'dist/': '', 'dist/main.mjs': 'console.log(1)' },
    { VERSION: '2' },
  );
  expect(config).toMatchObject({
    os: 'linux',
    architecture: 'amd64',
    config: {
      User: '65532:65532',
      WorkingDir: '/app',
      Entrypoint: ['/usr/bin/node', '/app/main.mjs'],
      ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
      Labels: {
        a: 'b',
        'org.opencontainers.image.base.name': 'mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot',
        'org.opencontainers.image.base.digest': digest,
        'workload-identity-lab.runtime': 'node',
      },
    },
  });
  expect(config.config.Env).toEqual([
    expect.stringMatching(/^PATH=/),
    'NODE_ENV=production',
    'GREETING=hello 2',
  ]);
  expect([...files.keys()]).toEqual(['app/', 'app/main.mjs']);
  expect(files.get('app/main.mjs')).toMatchObject({
    text: 'console.log(1)',
    uid: 65532,
    gid: 65532,
    mode: 0o640,
  });
  const layers = config.history.filter((entry: { empty_layer?: true }) => !entry.empty_layer);
  expect(layers).toHaveLength(config.rootfs.diff_ids.length);
  expect(log[0]).toBe(`Step 1/9 : ${node}@${digest}`);
  expect(log.at(-1)).toMatch(/^Successfully built [0-9a-f]{12}$/);
});

test('keeps the configuration of the base unless the Dockerfile changes it', async () => {
  const inherited = await build('FROM node:24-slim\nCMD ["app.js"]');
  expect(inherited.config.config).toMatchObject({
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['app.js'],
    User: '',
  });
  const own = await build('FROM node:24-slim\nENTRYPOINT node app.js');
  expect(own.config.config).toMatchObject({ Entrypoint: ['/bin/sh', '-c', 'node app.js'], Cmd: null });
  const distroless = await build(
    'FROM --platform=linux/arm64 gcr.io/distroless/nodejs24-debian13:nonroot\nCMD ["a"]',
  );
  expect(distroless.config).toMatchObject({
    architecture: 'arm64',
    config: { User: '65532', Entrypoint: ['/nodejs/bin/node'], Cmd: ['a'] },
  });
});

test('an ARG before FROM selects the base and is not a variable after it', async () => {
  const dockerfile = `ARG TAG=24-slim\nFROM node:$TAG\nENV A=\${TAG:-unset}\nARG TAG\nENV B=$TAG`;
  const { config } = await build(dockerfile, {}, { OTHER: 'x' });
  expect(config.config.Env.slice(1)).toEqual(['A=unset', 'B=24-slim']);
});

test('COPY copies the content of directories and matching files; ADD does the same for files', async () => {
  const files = {
    'src/': '',
    'src/a.js': 'a',
    'src/deep/': '',
    'src/deep/b.js': 'b',
    'c.txt': 'c',
    'd.txt': 'd',
  };
  const names = async (instruction: string) => [
    ...(await build(`${node}\n${instruction}`, files)).files.keys(),
  ];
  expect(await names('COPY src /app')).toEqual(['app/', 'app/a.js', 'app/deep/', 'app/deep/b.js']);
  expect(await names('COPY *.txt /app/')).toEqual(['app/', 'app/c.txt', 'app/d.txt']);
  expect(await names('ADD c.txt /app/renamed')).toEqual(['app/', 'app/renamed']);
  expect(await names('COPY ["c.txt", "d.txt", "/"]')).toEqual(['c.txt', 'd.txt']);
  expect(await names('COPY . /all')).toContain('all/src/deep/b.js');
  const long = 'x'.repeat(120);
  const deep = await build(`${node}\nCOPY . /`, { [`${long}/`]: '', [`${long}/${long}.js`]: 'deep' });
  expect(deep.files.get(`${long}/${long}.js`)?.text).toBe('deep');
});

describe("fails with docker's message", () => {
  const cases: [string, string, RegExp][] = [
    ['RUN', `${node}\nRUN npm ci`, /does not support RUN, because it runs no commands/],
    ['a base nobody knows', 'FROM alpine:3', /^pull access denied for alpine, repository does not exist/],
    ['a tag the base does not have', 'FROM node:18', /manifest for node:18 not found: manifest unknown/],
    ['a malformed digest', 'FROM node:24@sha256:abc', /invalid reference format/],
    [
      'a missing file',
      `${node}\nCOPY nope.js /`,
      /COPY failed: file not found in build context or excluded by \.dockerignore: stat nope\.js/,
    ],
    ['a pattern without a match', `${node}\nCOPY *.none /`, /COPY failed: no source files were specified/],
    [
      'a path outside',
      `${node}\nCOPY ../etc/passwd /`,
      /forbidden path outside the build context: \.\.\/etc\/passwd/,
    ],
    ['a file for several', `${node}\nCOPY a b /app`, /must be a directory and end with a \//],
    ['an unknown user', `${node}\nCOPY --chown=nobody a /`, /no such user: nobody/],
    ['a second stage', `${node}\n${node}`, /more than one build stage/],
    ['COPY --from', `${node}\nCOPY --from=x a /`, /does not support COPY --from/],
    ['an archive', `${node}\nADD a.tar.gz /`, /ADD of a URL or an archive/],
    ['an unknown instruction', `${node}\nCOPPY a b`, /unknown instruction: COPPY/],
    ['nothing before FROM', 'ENV A=b', /no build stage in current context/],
    ['an empty file', '# nothing', /cannot be empty/],
    ['an open quote', `${node}\nENV A="b`, /looking for matching double-quote/],
    ['a pair without a value', `${node}\nENV A=b C`, /can't find = in "C"/],
  ];
  test.each(cases)('%s', async (_, dockerfile, message) => {
    await expect(build(dockerfile, { a: '', b: '' })).rejects.toThrow(message);
  });
});

describe('rejects a context', () => {
  const entry = (fields: ConstructorParameters<typeof Header>[0]): Buffer => {
    const header = new Header(fields);
    header.encode();
    return Buffer.concat([header.block!, Buffer.alloc(1024)]);
  };
  const base = { mode: 0o644, uid: 0, gid: 0, size: 0, mtime: new Date(0) };

  test.each([
    ['with a path above its root', { ...base, path: '../evil', type: 'File' as const }],
    ['with an absolute path', { ...base, path: '/etc/evil', type: 'File' as const }],
    [
      'with a link to the outside',
      { ...base, path: 'a/link', linkpath: '../../etc', type: 'SymbolicLink' as const },
    ],
    [
      'with a link to an absolute path',
      { ...base, path: 'link', linkpath: '/etc', type: 'SymbolicLink' as const },
    ],
  ])('%s', async (_, fields) => {
    await expect(readContext(entry(fields))).rejects.toThrow('forbidden path outside the build context');
  });

  test('with a device', async () => {
    const device = entry({ ...base, path: 'dev', type: 'CharacterDevice' });
    await expect(readContext(device)).rejects.toThrow('a CharacterDevice');
  });

  test('that is not a tar file', async () => {
    await expect(readContext(gzipSync(Buffer.alloc(2048, 'x')))).rejects.toThrow();
  });
});
