import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { control } from '../../lab/emulator-process.ts';
import { makeAzConfig } from '../../lab/tools/seed.ts';
import type { Chain } from './chain.ts';

/**
 * The environment of a person whose az is logged in as the owner of the subscription, by device code; the browser's part
 * is the emulator's control address.
 */
export async function ownerEnvironment(chain: Chain): Promise<Record<string, string>> {
  const env = { ...chain.env, AZURE_CONFIG_DIR: await makeAzConfig(join(chain.directory, 'azure-owner')) };
  const child = spawn('az', ['login', '--use-device-code', '--output', 'none'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  let approval: Promise<unknown> | undefined;
  createInterface({ input: child.stderr }).on('line', line => {
    said.push(line);
    const code = /enter the code ([A-Z0-9]+) to authenticate/.exec(line)?.[1];
    if (code) approval = control(chain.emulator.facts, `POST /control/device-codes/${code}/approve`);
  });
  const exit = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  await approval;
  if (exit !== 0) throw new Error(`az login: ${exit}\n${said.join('\n')}`);
  return env;
}
