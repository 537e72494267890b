import { runAction } from '../shared/run.ts';
import { parse } from './inputs.ts';
import { githubIssues } from './issues.ts';
import { reportStatus } from './report-status.ts';

void runAction({
  name: 'report-status',
  parse: () => parse(process.env),
  main: (inputs, tools) => reportStatus(inputs, tools, githubIssues(inputs)),
});
