import { readFileSync } from 'node:fs';

/** The links that a verdict can have. */
export function linksInCode(): string[] {
  const source = readFileSync('actions/shared/diagnosis/verdict.ts', 'utf8');
  const union = /export type Link =([^;]+);/.exec(source)![1]!;
  return [...union.matchAll(/'([a-z-]+)'/g)].map(match => match[1]!);
}
