import { expect, it } from 'vitest';
import { type FakeAnswer, fakeTools } from '../../actions/shared/fake-tools.ts';
import { GITHUB_ISSUER, type Settings } from '../settings.ts';
import { findAppRegistration } from './app-registration.ts';

const settings: Settings = {
  subscription: { id: 'sub', name: 'Sandbox', tenantId: 'tenant' },
  repository: { owner: 'octo', name: 'lab.js', fullName: 'octo/lab.js' },
  environment: 'azure-lab',
  branch: '',
  identity: { kind: 'app-registration', name: 'app', resourceGroup: '', location: '' },
  labLocation: 'eastus',
  workflows: [],
};
const app = {
  id: 'object',
  appId: 'client',
  displayName: 'app',
  passwordCredentials: [],
  keyCredentials: [],
};
const credential = {
  name: 'one',
  issuer: GITHUB_ISSUER,
  subject: 'repo:octo@1/lab.js@2:environment:x',
  audiences: [],
};
const trusted = { subjects: [{ name: 'two', subject: 'repository_id:2:environment:x' }], obsolete: [] };

function find(apps: object[], credentials: object[] = [credential]) {
  const answers: Record<string, FakeAnswer> = {
    'az ad app list': () => apps,
    'az ad sp show': () => ({ id: 'principal' }),
    'az ad app federated-credential list': () => credentials,
  };
  return findAppRegistration(fakeTools(answers).az, settings, trusted);
}

it('finds the application with exactly this name', async () => {
  const longer = { ...app, id: 'longer', displayName: 'app-2' };
  expect((await find([longer, app])).ids).toEqual({
    clientId: 'client',
    objectId: 'object',
    principalId: 'principal',
  });
  expect((await find([longer])).ids).toEqual({});
  await expect(find([app, { ...app, appId: 'twin' }])).rejects.toThrow(
    'has 2 applications with the name "app".\nTheir client IDs: "client", "twin"',
  );
});

it.each([
  ['trusts only this repository', app, [credential], true],
  [
    'trusts a subject of the custom template',
    app,
    [{ ...credential, subject: 'repository_id:2:environment:x' }],
    true,
  ],
  [
    'also trusts another repository',
    app,
    [credential, { ...credential, subject: 'repo:octo/lab:environment:x' }],
    false,
  ],
  ['trusts a similar name', app, [{ ...credential, subject: 'repo:octo/lab-js:environment:x' }], false],
  ['trusts another issuer', app, [{ ...credential, issuer: 'https://example.org' }], false],
  ['trusts no subject', app, [], false],
  ['has a password', { ...app, passwordCredentials: [{}] }, [credential], false],
  ['has a certificate', { ...app, keyCredentials: [{}] }, [credential], false],
])('checks the ownership of an application that %s', async (what, found, credentials, isOwned) => {
  const identity = await find([found], credentials);
  expect(identity.isOwned).toBe(isOwned);
  expect(identity.planDeletion()).toHaveLength(isOwned ? 1 : 0);
  expect(identity.kept).toHaveLength(isOwned ? 0 : 1);
  expect(identity.notes).toHaveLength(/password|certificate/.test(what) ? 1 : 0);
});
