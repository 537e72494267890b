import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

// npm run build              writes what the runner and the image start: a bundle for each action, and one for the client.
// npm run build -- NAME …    writes only these: names of actions, or app.
// npm run build -- --check   builds the same without writing it, and fails if what stands there differs; then starts each.

const root = import.meta.dirname;
const require = createRequire(import.meta.url);
const run = promisify(execFile);

interface Bundle {
  /** Where the bundle's files are. */
  readonly folder: string;
  readonly scripts: readonly Script[];
  readonly minify: boolean;
}

/** One file that is started. */
interface Script {
  /** The compiled entry file. */
  readonly entry: string;
  /** Name of the file inside the bundle's folder. */
  readonly file: string;
  /** How it ends when it is started with nothing right: proof that every module of it loads. */
  readonly start: { readonly exitCode: number; readonly output: RegExp };
}

/** What an action.yml starts, each compiled from the file of that name: dist/post.js from post.ts. */
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
      minify: false, // it is read in reviews
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
  minify: true, // it is pulled and started on every node
  scripts: [
    {
      entry: 'build/app/main.js',
      file: 'main.js',
      start: { exitCode: 1, output: /^KEY_VAULT_NAME is not set/m },
    },
  ],
};

/** A bundle's files, by name. */
type Files = ReadonlyMap<string, Buffer>;

/** Compiles the TypeScript of these bundles, and of all that they import, into build/. */
async function compile(bundles: readonly Bundle[]): Promise<void> {
  await rm(join(root, 'build'), { recursive: true, force: true });
  await mkdir(join(root, 'build'));
  const entries = bundles
    .flatMap(({ scripts }) => scripts)
    .map(({ entry }) => join('..', entry.replace(/^build\//, '').replace(/\.js$/, '.ts')));
  const config = {
    extends: '../tsconfig.json',
    compilerOptions: { noEmit: false, outDir: '.', rootDir: '..' },
    files: entries,
    include: [],
    exclude: [],
  };
  await writeFile(join(root, 'build/tsconfig.json'), JSON.stringify(config));
  // Its diagnostics go to standard output.
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'build'], {
    cwd: root,
  }).catch(error => {
    throw new Error(`The compiler refuses it:\n${error.stdout}`);
  });
}

type Ncc = (
  entry: string,
  options: object,
) => Promise<{ code: string; assets: Record<string, { source: string | Buffer }> }>;

/** Builds the files of a bundle: each script with all it imports in one file, and the licenses of what they import. */
async function bundle({ scripts, minify }: Bundle): Promise<Files> {
  const files = new Map<string, Buffer>();
  for (const { entry, file } of scripts) {
    const { code, licenses } = await oneFile(entry, minify);
    files.set(file, Buffer.from(code));
    if (licenses === undefined) continue;
    // The licenses of one script are enough only because no other script of the folder imports any package.
    if (files.has('licenses.txt')) throw new Error(`${entry}: a second script with packages of its own.`);
    files.set('licenses.txt', Buffer.from(licenses));
  }
  files.set('package.json', Buffer.from('{"type":"module"}\n'));
  return files;
}

/**
 * Puts an entry file and all it imports into one file.
 * @throws Error when a module is missing (ncc itself would leave that to run time) or the bundle has a second file
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
    // @azure/identity loads `open` on demand, to start a browser for a person who logs in. That never happens here,
    // and it would be a second file, which also keeps ncc from listing every license. A module of Node stands in.
    externals: { open: 'node:process' },
  });
  if (code.includes('webpackMissingModule'))
    throw new Error(`${entry}: a module that it imports was not found.`);
  const { 'licenses.txt': licenses, 'package.json': _, ...unexpected } = assets;
  if (Object.keys(unexpected).length > 0)
    throw new Error(`${entry}: the bundle is not one file: ${Object.keys(unexpected).join(', ')}`);
  return { code, licenses: licenses?.source };
}

/** Replaces what stands in a bundle's folder. */
async function write({ folder }: Bundle, files: Files): Promise<void> {
  await rm(join(root, folder), { recursive: true, force: true });
  await mkdir(join(root, folder), { recursive: true });
  for (const [name, content] of files) await writeFile(join(root, folder, name), content);
}

/** What differs between a bundle just built and the one that stands there, one line each. */
async function differences({ folder }: Bundle, files: Files): Promise<string[]> {
  const standing = await readdir(join(root, folder)).catch((): string[] => []);
  const found = standing
    .filter(name => !files.has(name))
    .map(name => `${folder}/${name} should not be there`);
  for (const [name, content] of files) {
    if (!standing.includes(name)) found.push(`${folder}/${name} is missing`);
    else if (!content.equals(await readFile(join(root, folder, name))))
      found.push(`${folder}/${name} is out of date`);
  }
  return found;
}

/** Starts a bundle's scripts with nothing right; lists what is wrong with how they end. */
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
        `${path}, started with nothing right, ended with ${end.code ?? end.signal ?? 0} and printed:\n${output}`,
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
if (bundles.length < names.length) throw new Error(`There is no bundle for each of: ${names.join(', ')}`);
await compile(bundles);
const problems: string[] = [];
for (const each of bundles) {
  const files = await bundle(each);
  if (check) problems.push(...(await differences(each, files)));
  else await write(each, files);
  for (const { file } of each.scripts)
    console.log(`${each.folder}/${file}: ${Math.ceil(files.get(file)!.length / 1024)} KiB`);
}
problems.push(...(await Promise.all(bundles.map(start))).flat());

if (problems.length > 0) {
  console.error(problems.join('\n'));
  if (check) console.error('Run `npm run build` and commit the result.');
  process.exitCode = 1;
}
