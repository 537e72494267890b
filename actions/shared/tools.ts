import { type Az, az, azInSubscription } from './az.ts';
import { type Program, program } from './command.ts';
import { type Kubectl, kubectlWith } from './kubectl.ts';
import { type Log, log } from './log.ts';
import type { Report } from './report.ts';
import { realTime, type Time } from './time.ts';
import { patientAz, patientKubectl } from './transient.ts';

/** All that an action's main file works with; tests hand in their own. */
export interface Tools {
  az: Az;
  /** Lets every command of az from now on name this subscription. */
  useSubscription: (subscriptionId: string) => void;
  /** kubectl for the cluster of a kubeconfig file. */
  kubectl: (kubeconfig: string) => Kubectl;
  /** Any other program on PATH: docker, kubelogin. */
  program: (name: string) => Program;
  time: Time;
  log: Log;
  report: Report;
  /** For how long, in seconds, what fails for a reason that passes is tried again. */
  retrySeconds: number;
}

/** az and kubectl as they are installed; both try again what fails for a reason that passes. */
export function realTools(report: Report, retrySeconds: number): Tools {
  const patience = { time: realTime, log, retrySeconds };
  let subscription = '';
  return {
    az: patientAz(
      azInSubscription(az, () => subscription),
      patience,
    ),
    useSubscription: id => {
      subscription = id;
    },
    kubectl: kubeconfig => patientKubectl(kubectlWith(kubeconfig), patience),
    program,
    time: realTime,
    log,
    report,
    retrySeconds,
  };
}
