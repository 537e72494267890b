import { ActionFailed } from '../shared/failures.ts';
import { harmless } from '../shared/log.ts';

/** What docker and ACR Tasks print for a base image that they cannot pull. */
const UNPULLABLE =
  /manifest for \S+ not found|manifest unknown|pull access denied for|no matching manifest for|failed to resolve source metadata for|error pulling image|lookup \S+(?: on \S+)?: no such host/i;

/** The line of a build's output that says that the base image cannot be pulled, if there is one. */
export function unpullableIn(output: string): string | undefined {
  return output.split('\n').find(line => UNPULLABLE.test(line));
}

/** @param line in which the builder says so. */
export function unpullable(line: string, dockerfile: string): ActionFailed {
  return new ActionFailed(
    `The base image could not be pulled: ${harmless(line.trim())}`,
    `Check the FROM lines of ${dockerfile}. In this project's Dockerfile, change the default of the argument BASE_IMAGE to any image with Node.js 24 on its PATH:\n\n    ARG BASE_IMAGE=docker.io/library/node:24-slim\n`,
    'https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact',
  );
}
