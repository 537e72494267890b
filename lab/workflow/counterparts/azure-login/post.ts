import { setFailed } from '@actions/core';
import { az } from './az.ts';

try {
  // An existing login stays.
  if (!process.env.LAB_AZ_LOGIN) await az('account', 'clear');
} catch (error) {
  setFailed((error as Error).message);
}
