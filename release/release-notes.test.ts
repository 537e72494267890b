import { expect, it } from 'vitest';
import { releaseNotes } from './release-notes.ts';

const changelog = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added
- More.

## [1.1.0] - 2026-11-01
`;

it('returns the section of the version', () => {
  expect(releaseNotes('v1.2.0', '1.2.0', changelog)).toBe('### Added\n- More.');
});

it.each([
  ['main', '1.2.0', 'Tag "main" is not a version such as v1.2.3.'],
  ['v1.2.0', '1.2.1', 'Tag "v1.2.0" does not match version "1.2.1" in package.json.'],
  ['v1.3.0', '1.3.0', 'CHANGELOG.md has no section "[1.3.0]".'],
  ['v1.1.0', '1.1.0', 'Section "[1.1.0]" of CHANGELOG.md is empty.'],
])('rejects tag %s if package.json has version %s', (tag, version, message) => {
  expect(() => releaseNotes(tag, version, changelog)).toThrow(message);
});
