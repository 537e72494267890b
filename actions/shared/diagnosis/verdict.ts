import { ActionFailed } from '../failures.ts';

/** The links of the chain, in order. docs/troubleshooting.md has a section for each. */
export type Link =
  | 'service-account-missing'
  | 'service-account-not-annotated'
  | 'pod-not-created'
  | 'pod-gone'
  | 'pod-not-labelled'
  | 'webhook-missing'
  | 'pod-not-mutated'
  | 'pod-of-another-identity'
  | 'pod-not-scheduled'
  | 'image-not-found'
  | 'image-pull-denied'
  | 'image-pull-failed'
  | 'container-not-started'
  | 'client-not-configured'
  | 'identity-unknown'
  | 'tenant-mismatch'
  | 'federated-credential-missing'
  | 'federated-issuer'
  | 'federated-subject'
  | 'federated-audience'
  | 'federated-credential-not-seen'
  | 'issuer-unreachable'
  | 'token-expired'
  | 'entra-unreachable'
  | 'entra-refused'
  | 'vault-unknown'
  | 'vault-network'
  | 'vault-tenant'
  | 'secret-not-found'
  | 'secret-disabled'
  | 'secret-not-yet-valid'
  | 'secret-expired'
  | 'vault-role'
  | 'vault-access-policy'
  | 'container-crashed'
  | 'other-value'
  | 'no-answer';

/** The broken link of a chain. The names of its fields appear in outputs. */
export interface Verdict {
  link: Link;
  seen: string;
  /** The values that differ, on several lines with aligned columns. */
  comparison?: string;
  remedy: string;
  /** True if waiting does not help: something does not exist, or has another value. */
  final: boolean;
}

export function formatVerdict({ link, seen, comparison }: Verdict): string {
  return [`${link}: ${seen.trim()}`, ...(comparison ? [comparison] : [])].join('\n');
}

/**
 * @param unseen see {@link WorkloadState}.
 * @param documentation address of the page that explains each link.
 */
export function verdictError(
  verdict: Verdict,
  unseen: readonly string[],
  documentation: string,
  outputs: Readonly<Record<string, string>> = {},
): ActionFailed {
  const what = [formatVerdict(verdict), ...formatUnseen(unseen)].join('\n');
  return new ActionFailed(what, verdict.remedy, `${documentation}#${verdict.link}`, outputs);
}

export function formatUnseen(unseen: readonly string[]): string[] {
  return unseen.length > 0 ? [`Could not read: ${unseen.join('; ')}.`] : [];
}

export function shorten(text: string): string {
  return text.length > 500 ? `${text.slice(0, 200)} … ${text.slice(-300)}` : text;
}

/**
 * A value for a command that a reader pastes into a shell. Values come from pods and clusters: one that a shell might
 * interpret is replaced.
 * @param placeholder in capitals, as in documentation.
 */
export function argument(value: string | undefined, placeholder: string): string {
  return value && /^[A-Za-z0-9/][A-Za-z0-9_./:@-]*$/.test(value) ? value : placeholder;
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
