import { expect, it } from 'vitest';
import { fakeTools } from '../../actions/shared/fake-tools.ts';
import type { Settings } from '../settings.ts';
import { findLabs } from './labs.ts';

it('lists each lab of the repository once, without the node resource groups of clusters', async () => {
  const { az } = fakeTools({
    'az group list': () => [
      { name: 'wilab4711', managedBy: null },
      { name: 'theirs', managedBy: null, tags: { Repository: 'octo/other' } },
      { name: 'ours', managedBy: null, tags: { repository: 'Octo/Lab' } },
      { name: 'MC_wilab4711_wilab_eastus', managedBy: '/subscriptions/s/x/managedClusters/wilab' },
    ],
  });
  const settings = { subscription: { id: 's' }, repository: { fullName: 'octo/lab' } } as Settings;
  expect(await findLabs(az, settings)).toEqual(['wilab4711', 'ours']);
});
