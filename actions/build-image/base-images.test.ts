import { expect, it } from 'vitest';
import { basesArePinned } from './base-images.ts';

const pinned = `mcr.microsoft.com/x:24@sha256:${'a'.repeat(64)}`;

it.each<[string, boolean]>([
  [`FROM ${pinned}\nCOPY a /a`, true],
  [`from --platform=linux/amd64 ${pinned} as build\nFROM build\n`, true],
  [`FROM ${pinned} AS Build\nFROM scratch\nCOPY --from=build /a /a\nCOPY --from=0 /b /b`, true],
  ['FROM scratch\nCOPY a /a', true],
  ['FROM mcr.microsoft.com/x:24', false],
  ['FROM mcr.microsoft.com/x', false],
  [`ARG BASE=${pinned}\nFROM $BASE`, false],
  [`FROM ${pinned} AS build\nFROM node:24\nCOPY --from=build /a /a`, false],
  [`FROM ${pinned}\nCOPY --from=busybox:1 /bin/sh /sh`, false],
  [`FROM ${pinned}\nRUN --mount=type=bind,from=node:24,target=/n true`, false],
  [`FROM \\\n  node:24`, false],
  [`# FROM node:24\nFROM ${pinned}`, true],
])('%j', (dockerfile, expected) => expect(basesArePinned(dockerfile)).toBe(expected));
