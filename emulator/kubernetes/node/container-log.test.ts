import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContainerLog } from './container-log.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'container-log-'));
  path = join(directory, 'app', '0.log');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const texts = (log: ContainerLog) => log.read().map(line => line.text);

describe('container log', () => {
  it("is in the CRI's format, readable by its owner only", () => {
    const log = new ContainerLog(path);
    log.append('stdout', Buffer.from('one\ntwo\n'));
    log.append('stderr', Buffer.from('three\n'));
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z stdout F one$/);
    expect(lines[2]).toMatch(/ stderr F three$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    log.end();
  });

  it('joins chunks to lines, also if a chunk ends inside a character', () => {
    const log = new ContainerLog(path);
    const bytes = Buffer.from('grün\nblau');
    log.append('stdout', bytes.subarray(0, 3));
    expect(texts(log)).toEqual([]);
    log.append('stdout', bytes.subarray(3));
    expect(texts(log)).toEqual(['grün']);
    log.end();
    expect(texts(log)).toEqual(['grün', 'blau']);
  });

  it('stores long lines in parts and returns them whole', () => {
    const log = new ContainerLog(path);
    const long = 'x'.repeat(40_000);
    log.append('stdout', Buffer.from(`${long}\nnext\n`));
    log.end();
    expect(texts(log)).toEqual([long, 'next']);
  });

  it('does not grow beyond its limit', () => {
    const log = new ContainerLog(path, 1000);
    for (let n = 0; n < 100; n++) log.append('stdout', Buffer.from(`line ${n} ${'-'.repeat(50)}\n`));
    log.end();
    expect(statSync(path).size).toBeLessThanOrEqual(1000);
    expect(existsSync(`${path}.1`)).toBe(true);
    expect(texts(log).at(-1)).toContain('line 99');
  });

  it('is followed to its end, across a full file', async () => {
    const log = new ContainerLog(path, 500);
    log.append('stdout', Buffer.from('before\n'));
    const live = log.follow(new AbortController().signal);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const line of live) seen.push(line.text);
    })();
    for (let n = 0; n < 12; n++) {
      log.append('stdout', Buffer.from(`line ${n}\n`));
      await new Promise(setImmediate);
    }
    log.end();
    await reading;
    expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => `line ${n}`));
    expect(existsSync(`${path}.1`)).toBe(true);
  });

  it('stops following when the reader disconnects', async () => {
    const log = new ContainerLog(path);
    const hangUp = new AbortController();
    const reading = (async () => {
      for await (const line of log.follow(hangUp.signal)) return line;
    })();
    hangUp.abort();
    expect(await reading).toBeUndefined();
    log.end();
  });

  it('ends immediately for a follower after its end', async () => {
    const log = new ContainerLog(path);
    log.append('stdout', Buffer.from('one\n'));
    log.end();
    const seen = [];
    for await (const line of log.follow(new AbortController().signal)) seen.push(line);
    expect(seen).toEqual([]);
  });
});
