import { expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(line => lines.push(line));
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

it('ends a line at LF, CRLF, and a bare CR', () => {
  expect(split('a\nb\r\nc\rd')).toEqual(['a', 'b', 'c', 'd']);
});

it('reads a CRLF across two chunks as one line end', () => {
  expect(split('a\r', '\nb\n')).toEqual(['a', 'b']);
});

it('joins a character across two chunks', () => {
  const bytes = Buffer.from('é\n');
  expect(split(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é']);
});

it('keeps empty lines', () => {
  expect(split('a\n\nb\n')).toEqual(['a', '', 'b']);
});
