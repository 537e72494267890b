import { container, idleProgram } from '../../emulator/testing/kubernetes/test-cluster.ts';

/** One line of the table: a kubectl command, or a request without kubectl. */
export interface Row {
  /** Arguments of kubectl, separated by blanks; or a method and a path. */
  readonly command: string;
  /** Standard input of kubectl, or the body of the request: text as it is, anything else as JSON. */
  readonly input?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Only lines that match count: where the real server has more than what is emulated. */
  readonly lines?: RegExp;
  /** Only for what it brings about: the moments at which it says something are its own. */
  readonly quiet?: boolean;
  /**
   * Why the answers differ, and in which lines they may. A row that has this and does not differ, or differs elsewhere,
   * is wrong.
   */
  readonly differs?: { readonly why: string; readonly where: RegExp };
}

const asTable = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const noDescriptions = {
  why: 'columns have no descriptions, which kubectl does not show',
  where: /"description":/,
};
const merge = { 'content-type': 'application/merge-patch+json' };
const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
const jsonPatch = { 'content-type': 'application/json-patch+json' };

const inDemo = (name: string, more: object = {}) => ({ metadata: { name, namespace: 'demo', ...more } });
const pod = (name: string, spec: object = {}, labels?: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  ...inDemo(name, labels && { labels }),
  spec: { terminationGracePeriodSeconds: 1, containers: [container(idleProgram)], ...spec },
});
const deployment = (program: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  ...inDemo('web'),
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [container(program)] },
    },
  },
});
const job = (name: string, program: string, spec: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  ...inDemo(name),
  spec: { ...spec, template: { spec: { restartPolicy: 'Never', containers: [container(program)] } } },
});

const core = '/api/v1';
const demo = `${core}/namespaces/demo`;

const privileged = {
  securityContext: { privileged: true, capabilities: { add: ['SYS_ADMIN'] } },
  ports: [{ containerPort: 80, hostPort: 80 }],
};

/** What is asked of both API servers, in this order; a row may need what those before it made. */
export const rows: readonly Row[] = [
  // Namespaces, and what they come with
  { command: 'create namespace demo' },
  { command: 'create namespace demo' },
  { command: 'create namespace BAD_name' },
  { command: 'wait --for=create serviceaccount/default configmap/kube-root-ca.crt -n demo --timeout=60s' },
  { command: 'get namespace demo -o yaml' },
  { command: 'get namespaces' },
  {
    command: 'describe namespace demo',
    differs: {
      why: 'no ResourceQuota and LimitRange: kubectl says nothing of them',
      where: /No (resource quota|LimitRange)/,
    },
  },
  { command: 'get serviceaccounts -n demo' },
  { command: 'get serviceaccount default -n demo -o yaml' },
  { command: 'get configmap kube-root-ca.crt -n demo -o yaml' },
  // Discovery
  { command: 'api-versions', lines: /^(v1|apps\/v1|batch\/v1|auth.*\/v1|coordination.*\/v1)$/ },
  {
    command: 'api-resources --no-headers',
    lines:
      /^(bindings|namespaces|serviceaccounts|pods|configmaps|secrets|events .* v1 |nodes|deployments|replicasets|jobs|leases|mutatingwebhookconfigurations|tokenreviews|self\w+|subjectaccessreviews) /,
    differs: { why: 'bindings are known as a subresource of pods only', where: /bindings/ },
  },
  {
    command: 'explain pod.spec.containers.imagePullPolicy',
    differs: { why: 'the schemas have no lists of permitted values', where: /^\+/ },
  },
  { command: 'explain deployment.spec.replicas' },
  { command: 'explain pod.nope' },
  { command: 'get nopes' },
  { command: `GET ${core}/nopes` },
  { command: 'GET /apis/apps/v2' },
  { command: 'GET /nope' },
  { command: 'GET /healthz' },
  // Service accounts and their tokens
  { command: 'create serviceaccount wi -n demo' },
  { command: 'annotate serviceaccount wi -n demo azure.workload.identity/client-id=c' },
  { command: 'annotate serviceaccount wi -n demo azure.workload.identity/client-id=d' },
  { command: 'label serviceaccount wi -n demo a=b' },
  { command: 'label serviceaccount wi -n demo a=b' },
  { command: 'get serviceaccount wi -n demo -o yaml' },
  { command: 'describe serviceaccount wi -n demo' },
  { command: 'create token wi -n demo' },
  { command: 'create token wi -n demo --audience=api://x --duration=15m' },
  { command: 'create token wi -n demo --duration=1m' },
  { command: 'create token nobody -n demo' },
  { command: `POST ${demo}/serviceaccounts/wi/token`, input: { spec: {} } },
  {
    command: `POST ${demo}/serviceaccounts/wi/token`,
    input: { spec: { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'gone' } } },
  },
  { command: 'POST /apis/authentication.k8s.io/v1/tokenreviews', input: { spec: { token: 'nonsense' } } },
  // Pods
  { command: 'apply -f -', input: pod('one') },
  { command: 'apply -f -', input: pod('one') },
  { command: 'wait --for=condition=Ready pod/one -n demo --timeout=60s' },
  { command: 'get pod one -n demo' },
  { command: 'get pods -n demo -o wide' },
  { command: 'get pods -n demo -o name' },
  { command: 'get pods -n demo --show-labels' },
  { command: 'get pod one -n demo -o yaml' },
  { command: 'get pod one -n demo -o jsonpath={.status.phase}/{.spec.serviceAccountName}' },
  { command: 'describe pod one -n demo' },
  {
    command:
      'get events -n demo --field-selector involvedObject.name=one -o custom-columns=T:.type,R:.reason,M:.message,C:.source.component,K:.involvedObject.fieldPath',
  },
  { command: 'logs one -n demo' },
  { command: 'logs one -n demo --previous' },
  { command: 'logs one -n demo -c nope' },
  { command: 'logs nope -n demo' },
  { command: `GET ${demo}/pods/one/log?tailLines=x` },
  { command: `GET ${demo}/pods/one/log?tailLines=-1` },
  { command: `GET ${demo}/pods/one/log?limitBytes=0&sinceSeconds=-1` },
  { command: `GET ${demo}/pods/one/log?tailLines=1&limitBytes=1` },
  { command: 'label pod one -n demo a=b' },
  { command: 'label pod one -n demo a=c' },
  { command: 'annotate pod one -n demo note=x --overwrite' },
  { command: 'patch pod one -n demo -p {"metadata":{"labels":{"x":"y"}}}' },
  {
    command: 'patch pod one -n demo -p {"spec":{"serviceAccountName":"wi"}}',
    differs: {
      why: 'the difference that is shown is of JSON, not of Go structs',
      where: /[Ss]erviceAccount|^\+/,
    },
  },
  { command: 'patch pod one -n demo --type=json -p [{"op":"remove","path":"/metadata/labels/nope"}]' },
  { command: 'patch pod one -n demo --type=json -p [{"op":"test","path":"/metadata/name","value":"two"}]' },
  { command: 'patch pod one -n demo --type=merge -p {"spec":{"containers":[]}}' },
  { command: 'patch pod nope -n demo -p {}' },
  { command: 'diff -f -', input: pod('one', {}, { added: 'label' }) },
  { command: 'create -f -', input: pod('one') },
  { command: 'create -f -', input: pod('BAD_1') },
  { command: 'create -f -', input: pod('bad', { containers: [] }) },
  { command: 'create -f -', input: pod('bad', { containers: [{ name: 'a' }] }) },
  {
    command: 'create -f -',
    input: pod('bad', {
      containers: [
        { name: 'A!', image: 'i' },
        { name: 'A!', image: 'i' },
      ],
    }),
  },
  { command: 'create -f -', input: pod('bad', { restartPolicy: 'Sometimes' }) },
  {
    command: 'create -f -',
    input: pod('bad', { nope: 1, containers: [{ name: 'a', image: 'i', imag: 'x' }] }),
  },
  { command: 'create -f -', input: pod('bad', { hostNetwork: 'yes' }) },
  { command: 'create -f -', input: pod('bad', { serviceAccountName: 'nobody' }) },
  {
    command: 'create -f -',
    input: pod('bad', {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [{ name: 'a', image: 'i', volumeMounts: [{ name: 'w', mountPath: '/w' }] }],
    }),
  },
  { command: 'create -f -', input: { ...pod('bad'), ...inDemo('bad', { labels: { 'a b': 'c' } }) } },
  { command: 'create -f -', input: { apiVersion: 'v1', kind: 'Nope', metadata: { name: 'a' } } },
  { command: 'create -n other -f -', input: pod('bad') },
  { command: 'create -f -', input: { ...pod('bad'), metadata: { name: 'bad', namespace: 'nowhere' } } },
  {
    command: `POST ${demo}/pods`,
    input: '{"broken',
    differs: { why: 'the words of another JSON parser', where: /"message"/ },
  },
  {
    command: `POST ${demo}/pods`,
    input: { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'x' } },
    differs: { why: "the words of Go's conversion", where: /"message"/ },
  },
  { command: `POST ${demo}/pods?dryRun=All`, input: pod('dry') },
  { command: `POST ${demo}/pods?fieldValidation=Strict`, input: pod('bad', { nope: 1 }) },
  { command: `POST ${demo}/pods?fieldValidation=Warn&dryRun=All`, input: pod('warned', { nope: 1 }) },
  { command: `POST ${demo}/pods?dryRun=Some`, input: pod('bad') },
  { command: `PATCH ${demo}/pods/one`, input: {}, headers: { 'content-type': 'text/plain' } },
  {
    command: `PATCH ${demo}/pods/one`,
    input: { metadata: { resourceVersion: '1', labels: { z: 'z' } } },
    headers: merge,
  },
  { command: `PATCH ${demo}/pods/one`, input: { metadata: { uid: 'other' } }, headers: merge },
  { command: `PATCH ${demo}/pods/one`, input: [{ op: 'nope' }], headers: jsonPatch },
  {
    command: `PATCH ${demo}/pods/one`,
    input: { spec: { containers: [{ image: 'x' }] } },
    headers: strategic,
  },
  { command: `PUT ${demo}/pods/one`, input: pod('two') },
  { command: `DELETE ${demo}/pods/one`, input: { preconditions: { uid: 'other' } } },
  { command: `GET ${demo}/pods?fieldSelector=spec.nope=x` },
  {
    command: `GET ${demo}/pods?labelSelector=a=b=c`,
    differs: { why: 'the words of another parser', where: /"message"/ },
  },
  { command: `GET ${demo}/pods?limit=x` },
  {
    command: `GET ${demo}/pods?continue=nonsense`,
    differs: { why: 'the words of another parser', where: /"message"/ },
  },
  { command: `GET ${demo}/pods?watch=1&resourceVersion=nonsense` },
  { command: `GET ${demo}/pods?watch=1&sendInitialEvents=true` },
  {
    command: `GET ${demo}/pods?labelSelector=none`,
    headers: asTable,
    differs: noDescriptions,
  },
  { command: `GET ${demo}/pods/one`, headers: asTable, differs: noDescriptions },
  { command: `GET ${demo}/pods/one/nope` },
  { command: `POST ${demo}/pods/one`, input: {} },
  { command: 'delete pod one -n demo' },
  { command: 'get pod one -n demo' },
  { command: 'delete pod one -n demo' },
  { command: 'delete pod one -n demo --ignore-not-found' },
  // The webhook
  {
    command: 'apply -f -',
    input: pod('labelled', { serviceAccountName: 'wi' }, { 'azure.workload.identity/use': 'true' }),
  },
  { command: 'wait --for=condition=Ready pod/labelled -n demo --timeout=60s' },
  { command: 'get pod labelled -n demo -o yaml' },
  {
    command: 'create -f -',
    input: {
      ...pod('refused', { serviceAccountName: 'wi' }),
      ...inDemo('refused', {
        labels: { 'azure.workload.identity/use': 'true' },
        annotations: { 'azure.workload.identity/service-account-token-expiration': '1' },
      }),
    },
  },
  { command: 'delete pod labelled -n demo --now' },
  // ConfigMaps and Secrets
  { command: 'create configmap settings -n demo --from-literal=a=b' },
  { command: 'get configmap settings -n demo -o yaml' },
  { command: 'describe configmap settings -n demo' },
  { command: `PATCH ${demo}/configmaps/settings`, input: { data: { a: null, c: 'd' } }, headers: merge },
  {
    command: `PUT ${demo}/configmaps/settings`,
    input: { metadata: { name: 'settings', resourceVersion: '1' } },
  },
  { command: `PUT ${demo}/configmaps/fresh`, input: { metadata: { name: 'fresh' } } },
  {
    command: `PATCH ${demo}/configmaps/settings`,
    input: { data: { a: 1 } },
    headers: merge,
    differs: { why: 'the patch is shown, not what it would have made', where: /"message"/ },
  },
  { command: 'create configmap fixed -n demo --from-literal=a=b' },
  { command: 'patch configmap fixed -n demo -p {"immutable":true}' },
  { command: 'patch configmap fixed -n demo -p {"data":{"a":"c"}}' },
  { command: 'create secret generic hidden -n demo --from-literal=a=b' },
  { command: 'get secret hidden -n demo' },
  { command: 'get secret hidden -n demo -o yaml' },
  { command: 'describe secret hidden -n demo' },
  { command: 'patch secret hidden -n demo -p {"type":"other"}' },
  { command: 'delete configmap settings fixed -n demo' },
  { command: `DELETE ${demo}/secrets/hidden` },
  // Deployments
  { command: 'apply -f -', input: deployment(idleProgram) },
  { command: 'rollout status deployment/web -n demo --timeout=60s', quiet: true },
  { command: 'get deployment web -n demo' },
  { command: 'get deployment web -n demo -o yaml' },
  { command: 'get replicasets -n demo' },
  { command: 'get replicasets -n demo -o yaml' },
  { command: 'get pods -n demo -l app=web' },
  { command: 'describe deployment web -n demo' },
  { command: 'scale deployment web -n demo --replicas=1' },
  { command: 'wait --for=jsonpath={.status.replicas}=1 deployment/web -n demo --timeout=60s' },
  { command: `GET /apis/apps/v1/namespaces/demo/deployments/web/scale` },
  { command: 'set image deployment/web -n demo app=registry.test/other:1' },
  { command: 'rollout status deployment/web -n demo --timeout=60s', quiet: true },
  { command: 'rollout history deployment/web -n demo' },
  { command: 'rollout undo deployment/web -n demo' },
  { command: 'rollout status deployment/web -n demo --timeout=60s', quiet: true },
  { command: 'rollout restart deployment/web -n demo' },
  { command: 'rollout status deployment/web -n demo --timeout=60s', quiet: true },
  { command: 'rollout history deployment/web -n demo' },
  { command: 'patch deployment web -n demo -p {"spec":{"selector":{"matchLabels":{"app":"x"}}}}' },
  { command: 'patch deployment web -n demo -p {"spec":{"replicas":-1}}' },
  { command: 'delete deployment web -n demo --cascade=foreground' },
  { command: 'wait --for=delete pod -l app=web -n demo --timeout=60s', quiet: true },
  { command: 'get deployments,replicasets,pods -n demo' },
  // Jobs
  { command: 'apply -f -', input: job('good', "console.log('done')") },
  { command: 'wait --for=condition=Complete job/good -n demo --timeout=60s' },
  { command: 'get job good -n demo' },
  { command: 'get job good -n demo -o yaml' },
  { command: 'logs job/good -n demo' },
  { command: 'apply -f -', input: job('bad', 'process.exit(3)', { backoffLimit: 0 }) },
  { command: 'wait --for=condition=Failed job/bad -n demo --timeout=60s' },
  { command: 'get job bad -n demo -o yaml' },
  { command: 'get pods -n demo -l job-name=bad' },
  { command: 'delete jobs --all -n demo' },
  // Pod Security
  { command: 'label namespace demo pod-security.kubernetes.io/enforce=strict' },
  { command: 'label namespace demo pod-security.kubernetes.io/enforce=baseline' },
  { command: 'apply -f -', input: pod('allowed') },
  { command: 'apply -f -', input: pod('host', { hostNetwork: true, hostPID: true }) },
  { command: `POST ${demo}/pods`, input: pod('host', { containers: [container(idleProgram, privileged)] }) },
  { command: 'set image pod/allowed -n demo app=registry.test/other:1' },
  { command: 'label namespace demo pod-security.kubernetes.io/enforce=restricted --overwrite' },
  { command: 'label namespace demo pod-security.kubernetes.io/warn-version=v1.21' },
  { command: `POST ${demo}/pods`, input: pod('nothing') },
  { command: `POST ${demo}/pods?dryRun=All`, input: pod('nothing') },
  { command: 'apply -f -', input: deployment(idleProgram) },
  { command: `POST /apis/batch/v1/namespaces/demo/jobs`, input: job('refused', idleProgram) },
  {
    command:
      'wait --for=jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].reason}=FailedCreate deployment/web -n demo --timeout=60s',
  },
  {
    command:
      'get deployment web -n demo -o jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}',
  },
  { command: 'get pods -n demo -l app=web' },
  { command: 'delete deployment/web job/refused pod/allowed -n demo' },
  { command: 'label namespace demo pod-security.kubernetes.io/enforce-' },
  { command: 'label namespace demo pod-security.kubernetes.io/warn=baseline' },
  { command: 'apply -f -', input: pod('host', { hostNetwork: true, hostPID: true }) },
  { command: 'delete pod host -n demo' },
  // Who may do what
  { command: 'auth whoami' },
  { command: 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews', input: {} },
  {
    command: 'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
    input: {
      spec: { user: 'somebody', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'demo' } },
    },
  },
  { command: 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', input: { spec: {} } },
  { command: 'auth can-i create pods -n demo' },
  { command: 'auth can-i create pods -n demo --as=system:serviceaccount:demo:wi' },
  { command: 'auth can-i --list -n demo --as=system:serviceaccount:demo:wi', lines: /selfsubject|Resources/ },
  { command: 'get secrets -n demo --as=system:serviceaccount:demo:wi' },
  { command: 'get pod one -n demo --as=system:serviceaccount:demo:wi' },
  { command: 'create namespace x --as=system:serviceaccount:demo:wi' },
  { command: 'delete nodes --all --as=somebody' },
  { command: `GET ${core}/nodes`, headers: { authorization: 'Bearer nonsense' } },
  { command: `GET ${core}/nodes`, headers: { authorization: '' } },
  // The node, and the end
  { command: 'get nodes --no-headers' },
  { command: 'get nodes -o yaml' },
  { command: 'delete namespace demo' },
  { command: 'get namespace demo' },
  { command: 'delete namespace default' },
];
