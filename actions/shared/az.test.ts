import { describe, expect, it } from 'vitest';
import { lookUp } from './az.ts';
import { azureError, fakeTools, notFound } from './fake-tools.ts';

describe('lookUp', () => {
  it('gives what is there', async () => {
    const { az } = fakeTools({ 'az group show': () => ({ name: 'rg' }) });
    expect(await lookUp(az, ['group', 'show', '--name', 'rg'])).toEqual({ name: 'rg' });
  });

  it('takes exit code 3, and nothing else, for "not there"', async () => {
    const { az } = fakeTools({
      'az group show': () => notFound('ResourceGroupNotFound'),
      'az aks show': () => azureError('AuthorizationFailed'),
    });
    expect(await lookUp(az, ['group', 'show'])).toBeUndefined();
    await expect(lookUp(az, ['aks', 'show'])).rejects.toThrow('AuthorizationFailed');
  });
});
