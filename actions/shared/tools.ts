import type { AccountInputs } from './account.ts';
import { type Az, az, azInSubscription } from './az.ts';
import { type CommandOptions, type Program, program } from './command.ts';
import { type Kubectl, kubectlWith } from './kubectl.ts';
import { type Log, log } from './log.ts';
import { logIn, withFreshLogin } from './login.ts';
import type { Report } from './report.ts';
import { azWithRetries, kubectlWithRetries } from './retrying.ts';
import { realTime, type Time } from './time.ts';

/** Everything that an action works with. Tests use fakes. */
export interface Tools {
  az: Az;
  /** Adds `--subscription` to all later commands of az. */
  useSubscription: (subscriptionId: string) => void;
  /** kubectl for the cluster of a kubeconfig file. */
  kubectl: (kubeconfig: string) => Kubectl;
  program: (name: string) => Program;
  time: Time;
  log: Log;
  report: Report;
  retrySeconds: number;
}

/** For an action without the input: Azure's documented limits, and some more. */
const RETRY_SECONDS = 900;

/** @param account undefined for an action that works without Azure */
export function createTools(report: Report, account: AccountInputs | undefined): Tools {
  const { clientId, retrySeconds = RETRY_SECONDS } = account ?? {};
  const patience = { time: realTime, log, retrySeconds };
  let subscription = '';
  const retryingAz = azWithRetries(
    azInSubscription(az, () => subscription),
    patience,
  );
  const renewing = clientId
    ? withFreshLogin(() => {
        log.info('The login has expired. Logging in again.');
        return logIn(account!, { az: retryingAz, time: realTime, log });
      })
    : <T>(work: () => Promise<T>) => work();
  return {
    az: (args, options) =>
      isLogin(args) ? retryingAz(args, options) : runOrRenew(options, given => retryingAz(args, given)),
    useSubscription: id => {
      subscription = id;
    },
    kubectl: kubeconfig => {
      const run = kubectlWithRetries(kubectlWith(kubeconfig), patience);
      return (args, options) => runOrRenew(options, given => run(args, given));
    },
    program,
    time: realTime,
    log,
    report,
    retrySeconds,
  };

  /** A command does not run again after one of its lines was passed on. */
  function runOrRenew<T>(
    options: CommandOptions | undefined,
    run: (options: CommandOptions | undefined) => Promise<T>,
  ): Promise<T> {
    const { onLine } = options ?? {};
    if (!onLine) return renewing(() => run(options));
    let shown = false;
    const noticed = (line: string) => {
      shown = true;
      onLine(line);
    };
    return renewing(
      () => run({ ...options, onLine: noticed }),
      () => !shown,
    );
  }
}

/** Another login does not fix a command that logs in. */
function isLogin([command, verb]: readonly string[]): boolean {
  return command === 'login' || (command === 'account' && verb === 'set');
}
