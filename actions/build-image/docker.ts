import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setSecret } from '@actions/core';
import type { Program } from '../shared/command.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { bothEnds, harmless } from '../shared/log.ts';
import { isMissing } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { poll } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import {
  baseImageError,
  findBaseImageError,
  findThrottling,
  retryThrottledOnce,
  Throttled,
} from './build-errors.ts';
import { withContextCopy } from './context.ts';
import type { Image } from './image.ts';
import { imageToBuild, readDigest, readImageState } from './registry-image.ts';

export const DOCKER_REMEDY =
  'Use a runner with docker and a running daemon, such as a GitHub-hosted Ubuntu runner.';
const DOCKER_HELP = 'https://docs.docker.com/engine/daemon/troubleshoot/';

export async function checkDocker({ program }: Pick<Tools, 'program'>): Promise<string | undefined> {
  try {
    await program('docker')(['version', '--format', '{{.Server.Version}}']);
    return undefined;
  } catch (error) {
    if (isMissing(error)) return 'The builder is docker, but docker was not found on PATH.';
    if (!(error instanceof CommandFailed)) throw error;
    const answer = harmless(bothEnds(error.errorText, 500)).replaceAll('\n', ' ');
    return `The builder is docker, but docker cannot reach its daemon: ${quote(answer)}`;
  }
}

/**
 * @param why a sentence, if docker builds because ACR Tasks cannot.
 * @returns the digest (`sha256:…`) that the registry reports.
 * @throws {ActionFailed} if docker or its daemon is not available.
 */
export async function ensureWithDocker(image: Image, tools: Tools, why = ''): Promise<Done<string>> {
  const { inputs, registry, registryIsNew, context, tags } = image;
  const { az, time, log, retrySeconds } = tools;
  const { digest, push: pushed } = registryIsNew
    ? imageToBuild(tags, true)
    : await readImageState(inputs, tags, az);
  if (digest) return alreadyThere(digest);

  const problem = await checkDocker(tools);
  if (problem) throw new ActionFailed(`${why} ${problem}`.trim(), DOCKER_REMEDY, DOCKER_HELP);
  const docker = detectThrottling(tools.program('docker'));
  const names = pushed.map(tag => `${registry.loginServer}/${inputs.repository}:${tag}`);
  await withContextCopy(context, inputs.temporaryFolder, copy =>
    retryThrottledOnce(`Build of ${names[0]}`, tools, () =>
      docker([
        // The platform of AKS nodes and ACR Tasks.
        ...['build', '--platform', 'linux/amd64', '--file', context.dockerfile],
        // A local base image might be older than its tag in the registry.
        ...(context.basesArePinned ? [] : ['--pull']),
        ...names.flatMap(name => ['--tag', name]),
        copy,
      ]).catch((error: unknown) => {
        const line = error instanceof CommandFailed && findBaseImageError(error.errorText);
        throw line ? baseImageError(line, context.dockerfile) : error;
      }),
    ),
  );
  await push(image, names, docker, tools);
  return created(
    await poll<string>(
      { what: `Digest of ${names[0]}`, timeoutSeconds: retrySeconds, time, log },
      async () => {
        const digest = await readDigest(inputs, pushed, az);
        return digest ? { value: digest } : { state: 'the registry does not list it yet' };
      },
    ),
  );
}

/** The user name for a login with a token. https://learn.microsoft.com/azure/container-registry/container-registry-authentication#az-acr-login-with---expose-token */
const TOKEN_USER = '00000000-0000-0000-0000-000000000000';

/** Pushes with a temporary login, which docker stores in a private folder. */
async function push(
  { inputs, registry }: Image,
  names: readonly string[],
  docker: Program,
  tools: Tools,
): Promise<void> {
  const folder = await mkdtemp(join(inputs.temporaryFolder ?? tmpdir(), 'docker-'));
  try {
    // The folder replaces docker's settings, which include the address of the daemon.
    const host = await readDaemonAddress(docker);
    const env = { DOCKER_CONFIG: folder, ...(host && { DOCKER_HOST: host }) };
    const { accessToken } = await tools.az<{ accessToken: string }>([
      ...['acr', 'login', '--name', inputs.registryName, '--expose-token'],
    ]);
    setSecret(accessToken);
    const login = ['login', registry.loginServer, '--username', TOKEN_USER, '--password-stdin'];
    await docker(login, { env, input: accessToken });
    for (const name of names)
      await retryThrottledOnce(`Push of ${name}`, tools, () => docker(['push', name], { env }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** '' if docker does not print the address, such as podman. */
async function readDaemonAddress(docker: Program): Promise<string> {
  try {
    return (await docker(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'])).trim();
  } catch (error) {
    if (error instanceof CommandFailed) return '';
    throw error;
  }
}

/** @throws {Throttled} */
function detectThrottling(docker: Program): Program {
  return async (args, options) => {
    try {
      return await docker(args, options);
    } catch (error) {
      const line = error instanceof CommandFailed && findThrottling(error.errorText);
      throw line ? new Throttled(line) : error;
    }
  };
}
