import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findErrors } from '../actions/shared/known-errors.ts';
import { explainQuota } from '../actions/shared/quota.ts';
import { linksInCode } from './support/links.ts';

/** As GitHub builds them. */
const anchors = (markdown: string) =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

const troubleshooting = readFileSync('docs/troubleshooting.md', 'utf8');

/** By their anchors. */
const sections = new Map(
  troubleshooting
    .split(/^### /m)
    .slice(1)
    .map(text => [anchors(`### ${text.split('\n')[0]}`)[0]!, text.split(/^## /m)[0]!]),
);

test('every verdict and every address in a message has a section in the troubleshooting page', () => {
  const links = linksInCode();
  expect(links.length).toBeGreaterThan(20);
  const sources = globSync('actions/**/*.ts').filter(file => !/\.test\.ts$|\/dist\//.test(file));
  const inMessages = sources.flatMap(file =>
    [...readFileSync(file, 'utf8').matchAll(/\bdocumentation\}#([a-z][\w-]+)/g)].map(([, anchor]) => anchor!),
  );
  expect(inMessages).toContain('object-of-another-owner');
  const verdicts = [...links, ...inMessages, 'denial-disproven', 'denial-inconclusive'];
  expect(verdicts.filter(verdict => !sections.has(verdict))).toEqual([]);
});

test('every section of the troubleshooting page has a symptom, a cause, a fix, and a link', () => {
  expect(sections.size).toBeGreaterThan(70);
  const form =
    /\n\n\*\*Symptom\*\*: .+\n\n\*\*Cause\*\*: .+\n\n\*\*Fix\*\*: [\s\S]+\n\n\*\*More\*\*: .*\]\(\S+\).*\n+$/;
  expect([...sections].filter(([, text]) => !form.test(text)).map(([anchor]) => anchor)).toEqual([]);
  const codeless = [...sections].filter(
    ([anchor, text]) => linksInCode().includes(anchor as never) && !/```/.test(text),
  );
  expect(codeless.map(([anchor]) => anchor)).toEqual(['entra-refused']);
});

test('the troubleshooting page has the text of every error that the actions explain', () => {
  const source = readFileSync('actions/shared/known-errors.ts', 'utf8');
  const explained = source
    .split(/^ {2}\},?$/m)
    .filter(block => /^ {4}explanation:/m.test(block))
    .map(block => /[\s\S]*\bkind: '([\w-]+)'/.exec(block)![1]!);
  expect(explained.length).toBeGreaterThan(25);
  const symptoms = [...sections.values()].map(text => /\*\*Symptom\*\*: (.+)/.exec(text)![1]!);
  const found = new Set<string>(symptoms.flatMap(symptom => findErrors(symptom).map(({ kind }) => kind)));
  expect(explained.filter(kind => !found.has(kind))).toEqual([]);
  const quotas = new Set(symptoms.flatMap(symptom => explainQuota(symptom)?.link ?? []));
  expect(quotas.size).toBe(5);
});

test('links between the documents lead somewhere', () => {
  const documents = [...globSync('*.md'), ...globSync('docs/*.md'), ...globSync('actions/*/README.md')];
  expect(documents.length).toBeGreaterThan(8);
  const broken = documents.flatMap(document =>
    [...readFileSync(document, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
      .filter(([, path = '', anchor]) => {
        const target = path === '' ? document : join(dirname(document), path);
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchors(readFileSync(target, 'utf8')).includes(anchor);
      })
      .map(([link]) => `${document}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('the tests that docs/fidelity.md names exist', () => {
  const fidelity = readFileSync('docs/fidelity.md', 'utf8');
  const named = [...fidelity.matchAll(/(⛓?)`([\w/-]+\.test\.ts)`/g)];
  expect(named.length).toBeGreaterThan(50);
  const missing = named
    .map(([, chain, file = '']) =>
      file.startsWith('test/') ? file : join(chain ? 'test' : 'emulator', file),
    )
    .filter(file => !existsSync(file));
  expect(missing).toEqual([]);
});

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'])(
  'the files that %s names exist',
  document => {
    const named = [
      ...readFileSync(document, 'utf8').matchAll(
        /`((?:actions|app|bundling|cli|docs|emulator|lab|release|setup|test)\/[\w./-]*)`/g,
      ),
    ];
    expect(named.length).toBeGreaterThan(3);
    expect(named.map(([, path = '']) => path).filter(path => !existsSync(path))).toEqual([]);
  },
);
