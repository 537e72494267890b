import { type Az, az } from './az.ts';
import { type Kubectl, kubectlWith } from './kubectl.ts';
import { type Log, log } from './log.ts';
import { Report } from './report.ts';
import { realTime, type Time } from './time.ts';

/** All that an action's main file works with; tests hand in their own. */
export interface Tools {
  az: Az;
  /** kubectl for the cluster of a kubeconfig file. */
  kubectl: (kubeconfig: string) => Kubectl;
  time: Time;
  log: Log;
  report: Report;
}

export function realTools(): Tools {
  return { az, kubectl: kubectlWith, time: realTime, log, report: new Report(realTime, log) };
}
