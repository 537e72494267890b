import { type Cause, cause } from '../../status.ts';

const levels = ['privileged', 'baseline', 'restricted'] as const;
type Level = (typeof levels)[number];

export interface Standard {
  readonly level: Level;
  /** `latest`, or `v1.30`. */
  readonly version: string;
}

/** `audit` has no effect: it only writes to an audit log, which this server does not have. */
export interface Policy {
  readonly enforce: Standard;
  readonly warn: Standard;
}

/**
 * Reads the policy from the labels of a namespace. Without labels, everything is allowed.
 * @returns the policy, and the causes for invalid labels
 * @see
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
 */
export function policyOf(labels: Readonly<Record<string, string>> = {}): {
  policy: Policy;
  causes: Cause[];
} {
  const causes: Cause[] = [];
  /** @param unset standard without a label; @param unreadable level for an invalid label */
  const read = (mode: string, unset: Standard, unreadable: Level): Standard => {
    const at = `pod-security.kubernetes.io/${mode}`;
    const { [at]: level, [`${at}-version`]: version } = labels;
    const known = levels.find(each => each === level);
    if (level !== undefined && !known) causes.push(wrong(at, level, `must be one of ${levels.join(', ')}`));
    const readable = version === undefined || /^(latest|v1\.(0|[1-9]\d*))$/.test(version);
    if (!readable) causes.push(wrong(`${at}-version`, version, 'must be "latest" or "v1.x"'));
    return {
      level: level === undefined ? unset.level : (known ?? unreadable),
      version:
        version === undefined
          ? level === undefined
            ? unset.version
            : 'latest'
          : readable
            ? version
            : 'latest',
    };
  };
  const anything: Standard = { level: 'privileged', version: 'latest' };
  const enforce = read('enforce', anything, 'restricted');
  read('audit', anything, 'privileged');
  // Pods that enforcement would reject cause warnings for their deployments and jobs, unless the labels say
  // otherwise.
  return { policy: { enforce, warn: read('warn', enforce, 'privileged') }, causes };
}

/** Negative if the first standard forbids less. */
export function compareLevels(one: Standard, other: Standard): number {
  return levels.indexOf(one.level) - levels.indexOf(other.level);
}

/** `restricted:latest` */
export function written({ level, version }: Standard): string {
  return `${level}:${version}`;
}

function wrong(label: string, value: string, why: string): Cause {
  return cause.invalid(`metadata.labels[${label}]`, value, why);
}
