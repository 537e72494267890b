import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { linksInCode } from './support/links.ts';

/** What GitHub makes an anchor of. */
const anchors = (markdown: string) =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

test('every verdict has its place in the troubleshooting page', () => {
  const links = linksInCode();
  expect(links.length).toBeGreaterThan(20);
  const there = anchors(readFileSync('docs/troubleshooting.md', 'utf8'));
  expect(
    [
      ...links,
      'pod-from-an-earlier-run',
      'object-of-another-owner',
      'denial-disproven',
      'denial-inconclusive',
    ].filter(link => !there.includes(link)),
  ).toEqual([]);
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
