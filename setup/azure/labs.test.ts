import { expect, it } from 'vitest';
import { fakeTools } from '../../actions/shared/fake-tools.ts';
import type { Wanted } from '../wanted.ts';
import { findLabs } from './labs.ts';

it('names labs once, not the node resource groups of their clusters as well', async () => {
  const { az } = fakeTools({
    'az group list': () => [
      { name: 'wilab4711', managedBy: null },
      { name: 'MC_wilab4711_wilab_eastus', managedBy: '/subscriptions/s/x/managedClusters/wilab' },
    ],
  });
  expect(await findLabs(az, { subscription: { id: 's' } } as Wanted)).toEqual(['wilab4711']);
});
