import { getIDToken, getInput, info, setFailed, setSecret } from '@actions/core';
import { az } from './az.ts';

// See https://github.com/Azure/login/tree/master/src
async function logIn(): Promise<void> {
  const clientId = getInput('client-id', { required: true });
  const tenantId = getInput('tenant-id', { required: true });
  const subscriptionId = getInput('subscription-id', { required: true });
  setSecret(clientId);
  const token = await getIDToken(getInput('audience'));
  setSecret(token);

  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  info(
    `Federated token details:\n issuer - ${claims.iss}\n subject claim - ${claims.sub}\n audience - ${claims.aud}`,
  );

  const who = ['--username', clientId, '--tenant', tenantId, '--federated-token', token];
  await az('login', '--service-principal', ...who, '--output', 'none');
  await az('account', 'set', '--subscription', subscriptionId, '--output', 'none');
}

const { LAB_AZ_LOGIN: present } = process.env;
try {
  if (present) info(`Skipped: az is already logged in as ${present}.`);
  else await logIn();
} catch (error) {
  setFailed((error as Error).message);
}
