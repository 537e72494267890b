import { type ErrorFormat, mebibyte } from '../../http/error-format.ts';
import { json, type Reply } from '../../http/service.ts';

/** @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
export interface Invalid {
  readonly resource: string;
  readonly code: 'missing_field' | 'invalid' | 'already_exists' | 'custom';
  readonly field: string;
  readonly message?: string;
}

const docs = 'https://docs.github.com/rest';

export class GitHubError extends Error {
  readonly status: number;
  readonly errors: readonly Invalid[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    { errors = [], headers = {} }: { errors?: readonly Invalid[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  /** @param documentation below https://docs.github.com/rest/ */
  toReply(documentation = ''): Reply {
    const body = {
      message: this.message,
      ...(this.errors.length > 0 && { errors: this.errors }),
      documentation_url: documentation ? `${docs}/${documentation}` : docs,
      status: String(this.status),
    };
    return json(this.status, body, this.headers);
  }
}

export function notFound(): GitHubError {
  return new GitHubError(404, 'Not Found');
}

/** 422 from GitHub's models. */
export function validationFailed(...errors: Invalid[]): GitHubError {
  return new GitHubError(422, 'Validation Failed', { errors });
}

/** 422 from GitHub's schema of the request. */
export function invalidRequest(problem: string): GitHubError {
  return new GitHubError(422, `Invalid request.\n\n${problem}`);
}

export const githubErrorFormat: ErrorFormat = {
  bodyLimit: mebibyte,
  toReply: ({ status, message }) => json(status, { message }),
};
