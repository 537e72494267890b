import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

// npm run build              writes the bundle of each action and of the client.
// npm run build -- NAME …    writes only these bundles: names of actions, or app.
// npm run build -- --check   fails if the committed bundles differ from the sources. Writes nothing.
// Each variant starts every bundle, and fails if a bundle exceeds its size limit.

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const run = promisify(execFile);

interface Bundle {
  readonly folder: string;
  readonly scripts: readonly Script[];
  readonly minify: boolean;
  /** Bytes of all scripts. People review the bundles of the actions. */
  readonly maxBytes: number;
}

interface Script {
  readonly entry: string;
  readonly file: string;
  /** The end without valid inputs. It shows that every module of it loads. */
  readonly start: { readonly exitCode: number; readonly output: RegExp };
}

/** dist/post.js is built from post.ts. */
interface Runs {
  readonly main: string;
  readonly pre?: string;
  readonly post?: string;
}

const actions: Bundle[] = globSync('actions/*/action.yml', { cwd: root })
  .sort()
  .map(file => {
    const { runs } = parse(readFileSync(join(root, file), 'utf8')) as { runs: Runs };
    const folder = dirname(file);
    const scripts = [...new Set([runs.main, runs.pre, runs.post].filter(path => path !== undefined))];
    return {
      folder: `${folder}/dist`,
      minify: false,
      maxBytes: folder === 'actions/report-status' ? 500_000 : 250_000,
      scripts: scripts.map(path => ({
        entry: `build/${folder}/${basename(path)}`,
        file: basename(path),
        start:
          path === runs.main
            ? { exitCode: 1, output: /^::error::.* is (required|not a GUID|"x")/m }
            : { exitCode: 0, output: /^$/ },
      })),
    };
  });

const client: Bundle = {
  folder: 'app/dist',
  minify: true, // every node pulls it
  maxBytes: 650_000,
  scripts: [
    {
      entry: 'build/app/main.js',
      file: 'main.js',
      start: { exitCode: 1, output: /^KEY_VAULT_NAME is not set/m },
    },
  ],
};

type Files = ReadonlyMap<string, Buffer>;

async function compile(bundles: readonly Bundle[]): Promise<void> {
  await rm(join(root, 'build'), { recursive: true, force: true });
  await mkdir(join(root, 'build'));
  const entries = [...bundles.flatMap(({ scripts }) => scripts.map(({ entry }) => entry)), httpModule].map(
    entry => join('..', entry.replace(/^build\//, '').replace(/\.js$/, '.ts')),
  );
  const config = {
    extends: '../tsconfig.json',
    // The sources have the comments.
    compilerOptions: { noEmit: false, removeComments: true, outDir: '.', rootDir: '..' },
    files: entries,
    include: [],
    exclude: [],
  };
  await writeFile(join(root, 'build/tsconfig.json'), JSON.stringify(config));
  await compileWith('build/tsconfig.json');
}

async function compileWith(project: string): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', project], { cwd: root }).catch(error => {
    throw new Error(`tsc -p ${project} failed:\n${error.stdout}`);
  });
}

/** Replaces @actions/http-client and undici. */
const httpModule = 'build/bundling/http.js';

/**
 * The copies have no comments, which are a third of @actions/core and @actions/exec, and use
 * httpModule. A bundler resolves a package from the nearest node_modules folder, so it finds these
 * copies first.
 */
async function copyPackages(): Promise<void> {
  const names = ['core', 'exec', 'github', 'io'].map(name => join('node_modules/@actions', name));
  const config = {
    extends: '../tsconfig.json',
    compilerOptions: {
      ...{ noEmit: false, allowJs: true, checkJs: false, removeComments: true, noResolve: true },
      ...{ noUnusedLocals: false, noUnusedParameters: false, rewriteRelativeImportExtensions: false },
      ...{ rootDir: '..', outDir: '.' },
    },
    files: names.flatMap(name =>
      globSync(join(name, 'lib/**/*.js'), { cwd: root }).map(file => join('..', file)),
    ),
    include: [],
    exclude: [],
  };
  await writeFile(join(root, 'build/packages.json'), JSON.stringify(config));
  await compileWith('build/packages.json');
  for (const name of names) {
    for (const file of globSync('LICENSE*', { cwd: join(root, name) }))
      await cp(join(root, name, file), join(root, 'build', name, file));
    // Lets the bundler leave out modules that nobody uses, such as core's summary.
    const manifest = JSON.parse(await readFile(join(root, name, 'package.json'), 'utf8'));
    await writeFile(
      join(root, 'build', name, 'package.json'),
      JSON.stringify({ ...manifest, sideEffects: false }),
    );
  }
  for (const name of ['@actions/http-client', 'undici']) {
    const folder = join(root, 'build/node_modules', name);
    await mkdir(join(folder, 'lib'), { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', main: 'index.js' }));
    for (const file of ['index.js', 'lib/auth.js']) {
      const module = relative(dirname(join(folder, file)), join(root, httpModule));
      await writeFile(join(folder, file), `export * from '${module}';\n`);
    }
  }
}

type Ncc = (
  entry: string,
  options: object,
) => Promise<{ code: string; assets: Record<string, { source: string | Buffer }> }>;

async function bundle({ scripts, minify }: Bundle): Promise<Files> {
  const files = new Map<string, Buffer>();
  for (const { entry, file } of scripts) {
    const { code, licenses } = await oneFile(entry, minify);
    files.set(file, Buffer.from(minify ? code : await format(code)));
    if (licenses === undefined) continue;
    if (files.has('licenses.txt')) throw new Error(`${entry}: a second script imports packages.`);
    files.set('licenses.txt', Buffer.from(licenses));
  }
  files.set('package.json', Buffer.from('{"type":"module"}\n'));
  return files;
}

/**
 * @throws Error if a module is missing, which ncc reports only at run time, or if ncc emits a
 * second file
 */
async function oneFile(
  entry: string,
  minify: boolean,
): Promise<{ code: string; licenses: string | Buffer | undefined }> {
  const ncc: Ncc = require('@vercel/ncc');
  const { code, assets } = await ncc(join(root, entry), {
    minify,
    cache: false,
    quiet: true,
    license: 'licenses.txt',
    // @azure/identity imports `open` for interactive logins. The client has none, and `open` would
    // be a second file, for which ncc lists no licenses.
    externals: { open: 'node:process' },
  });
  if (code.includes('webpackMissingModule')) throw new Error(`${entry}: an imported module does not exist.`);
  const { 'licenses.txt': licenses, 'package.json': _, ...unexpected } = assets;
  if (Object.keys(unexpected).length > 0)
    throw new Error(`${entry}: the bundle is not one file: ${Object.keys(unexpected).join(', ')}`);
  return { code, licenses: licenses?.source };
}

/** One statement per line, because people review the code. */
async function format(code: string): Promise<string> {
  const options = ['--stdin-file-path=bundle.js', '--indent-style=tab', '--vcs-enabled=false'];
  const formatting = run(join(root, 'node_modules/.bin/biome'), ['format', ...options], {
    cwd: root,
    maxBuffer: 100_000_000,
  });
  // The name of each module gets a separate line.
  formatting.child.stdin?.end(
    code.replaceAll(/^;\/\/ CONCATENATED MODULE: (?:\.\/build\/)?(.*)$/gm, ';\n\n// $1'),
  );
  return (await formatting).stdout;
}

async function write({ folder }: Bundle, files: Files): Promise<void> {
  await rm(join(root, folder), { recursive: true, force: true });
  await mkdir(join(root, folder), { recursive: true });
  for (const [name, content] of files) await writeFile(join(root, folder, name), content);
}

async function differences({ folder }: Bundle, files: Files): Promise<string[]> {
  const existing = await readdir(join(root, folder)).catch((): string[] => []);
  const found = existing
    .filter(name => !files.has(name))
    .map(name => `${folder}/${name} is not built anymore`);
  for (const [name, content] of files) {
    if (!existing.includes(name)) found.push(`${folder}/${name} is missing`);
    else if (!content.equals(await readFile(join(root, folder, name))))
      found.push(`${folder}/${name} is out of date`);
  }
  return found;
}

async function start({ folder, scripts }: Bundle): Promise<string[]> {
  const found = await Promise.all(
    scripts.map(async ({ file, start: expected }) => {
      const path = `${folder}/${file}`;
      const options = {
        cwd: root,
        env: { PATH: process.env.PATH, 'INPUT_SUBSCRIPTION-ID': 'x', 'INPUT_NODE-COUNT': 'x' },
        timeout: 60_000,
      };
      const end = await run(process.execPath, [path], options).catch(error => error);
      const output = `${end.stdout}${end.stderr}`;
      if ((end.code ?? 0) === expected.exitCode && expected.output.test(output)) return [];
      return [
        `${path} without valid inputs ended with ${end.code ?? end.signal ?? 0} and printed:\n${output}`,
      ];
    }),
  );
  return found.flat();
}

const names = process.argv.slice(2).filter(argument => argument !== '--check');
const check = process.argv.includes('--check');
const bundles = [...actions, client].filter(
  ({ folder }) => names.length === 0 || names.includes(dirname(folder).replace(/^actions\//, '')),
);
if (bundles.length < names.length)
  throw new Error(`Not all of these are actions or "app": ${names.map(name => `"${name}"`).join(', ')}`);
await compile(bundles);
await copyPackages();
const problems: string[] = [];
for (const each of bundles) {
  const files = await bundle(each);
  if (check) problems.push(...(await differences(each, files)));
  else await write(each, files);
  const sizes = each.scripts.map(({ file }) => files.get(file)!.length);
  const total = sizes.reduce((sum, size) => sum + size);
  console.log(`${each.folder}: ${Math.ceil(total / 1000)} kB`);
  if (total > each.maxBytes)
    problems.push(`${each.folder} has ${total} bytes. The limit is ${each.maxBytes} bytes.`);
}
problems.push(...(await Promise.all(bundles.map(start))).flat());

if (problems.length > 0) {
  console.error(problems.join('\n'));
  if (check) console.error('Run `npm run build` and commit the result.');
  process.exitCode = 1;
}
