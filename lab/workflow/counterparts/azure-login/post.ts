import { setFailed } from '@actions/core';
import { az } from './az.ts';

try {
  await az('account', 'clear');
} catch (error) {
  setFailed((error as Error).message);
}
