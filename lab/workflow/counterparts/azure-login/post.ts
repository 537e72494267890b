import { setFailed } from '@actions/core';
import { az } from './az.ts';

try {
  if (!process.env.LAB_AZ_LOGIN) await az('account', 'clear');
} catch (error) {
  setFailed((error as Error).message);
}
