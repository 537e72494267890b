import { container, idleProgram } from '../../emulator/testing/kubernetes/test-cluster.ts';

/** For kubectl, or a request without it. */
export interface ConformanceCommand {
  /** kubectl's arguments, separated by spaces, or a method and a path. */
  readonly text: string;
  /** Standard input, or body. An object is sent as JSON. */
  readonly input?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Only these lines: the real server has more. */
  readonly lines?: RegExp;
  /** Do not compare standard output: its timing differs. */
  readonly quiet?: boolean;
  /** The answers must differ in these lines, and nowhere else. */
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

/** In this order: a row can need those before it. */
export const commands: readonly ConformanceCommand[] = [
  // Namespaces, and what they come with
  { text: 'create namespace demo' },
  { text: 'create namespace demo' },
  { text: 'create namespace BAD_name' },
  { text: 'wait --for=create serviceaccount/default configmap/kube-root-ca.crt -n demo --timeout=60s' },
  { text: 'get namespace demo -o yaml' },
  { text: 'get namespaces' },
  {
    text: 'describe namespace demo',
    differs: {
      why: 'no ResourceQuota and LimitRange: kubectl says nothing of them',
      where: /No (resource quota|LimitRange)/,
    },
  },
  { text: 'get serviceaccounts -n demo' },
  { text: 'get serviceaccount default -n demo -o yaml' },
  { text: 'get configmap kube-root-ca.crt -n demo -o yaml' },
  // Discovery
  { text: 'api-versions', lines: /^(v1|apps\/v1|batch\/v1|auth.*\/v1|coordination.*\/v1)$/ },
  {
    text: 'api-resources --no-headers',
    lines:
      /^(bindings|namespaces|serviceaccounts|pods|configmaps|secrets|events .* v1 |nodes|deployments|replicasets|jobs|leases|mutatingwebhookconfigurations|tokenreviews|self\w+|subjectaccessreviews) /,
    differs: { why: 'bindings are known as a subresource of pods only', where: /bindings/ },
  },
  {
    text: 'explain pod.spec.containers.imagePullPolicy',
    differs: { why: 'the schemas have no lists of permitted values', where: /^\+/ },
  },
  { text: 'explain deployment.spec.replicas' },
  { text: 'explain pod.nope' },
  { text: 'get nopes' },
  { text: `GET ${core}/nopes` },
  { text: 'GET /apis/apps/v2' },
  { text: 'GET /nope' },
  { text: 'GET /healthz' },
  // Service accounts and their tokens
  { text: 'create serviceaccount wi -n demo' },
  { text: 'annotate serviceaccount wi -n demo azure.workload.identity/client-id=c' },
  { text: 'annotate serviceaccount wi -n demo azure.workload.identity/client-id=d' },
  { text: 'label serviceaccount wi -n demo a=b' },
  { text: 'label serviceaccount wi -n demo a=b' },
  { text: 'get serviceaccount wi -n demo -o yaml' },
  { text: 'describe serviceaccount wi -n demo' },
  { text: 'create token wi -n demo' },
  { text: 'create token wi -n demo --audience=api://x --duration=15m' },
  { text: 'create token wi -n demo --duration=1m' },
  { text: 'create token nobody -n demo' },
  { text: `POST ${demo}/serviceaccounts/wi/token`, input: { spec: {} } },
  {
    text: `POST ${demo}/serviceaccounts/wi/token`,
    input: { spec: { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'gone' } } },
  },
  { text: 'POST /apis/authentication.k8s.io/v1/tokenreviews', input: { spec: { token: 'nonsense' } } },
  // Pods
  { text: 'apply -f -', input: pod('one') },
  { text: 'apply -f -', input: pod('one') },
  { text: 'wait --for=condition=Ready pod/one -n demo --timeout=60s' },
  { text: 'get pod one -n demo' },
  { text: 'get pods -n demo -o wide' },
  { text: 'get pods -n demo -o name' },
  { text: 'get pods -n demo --show-labels' },
  { text: 'get pod one -n demo -o yaml' },
  { text: 'get pod one -n demo -o jsonpath={.status.phase}/{.spec.serviceAccountName}' },
  { text: 'describe pod one -n demo' },
  {
    text: 'get events -n demo --field-selector involvedObject.name=one -o custom-columns=T:.type,R:.reason,M:.message,C:.source.component,K:.involvedObject.fieldPath',
  },
  { text: 'logs one -n demo' },
  { text: 'logs one -n demo --previous' },
  { text: 'logs one -n demo -c nope' },
  { text: 'logs nope -n demo' },
  { text: `GET ${demo}/pods/one/log?tailLines=x` },
  { text: `GET ${demo}/pods/one/log?tailLines=-1` },
  { text: `GET ${demo}/pods/one/log?limitBytes=0&sinceSeconds=-1` },
  { text: `GET ${demo}/pods/one/log?tailLines=1&limitBytes=1` },
  { text: 'label pod one -n demo a=b' },
  { text: 'label pod one -n demo a=c' },
  { text: 'annotate pod one -n demo note=x --overwrite' },
  { text: 'patch pod one -n demo -p {"metadata":{"labels":{"x":"y"}}}' },
  {
    text: 'patch pod one -n demo -p {"spec":{"serviceAccountName":"wi"}}',
    differs: {
      why: 'the difference that is shown is of JSON, not of Go structs',
      where: /[Ss]erviceAccount|^\+/,
    },
  },
  { text: 'patch pod one -n demo --type=json -p [{"op":"remove","path":"/metadata/labels/nope"}]' },
  { text: 'patch pod one -n demo --type=json -p [{"op":"test","path":"/metadata/name","value":"two"}]' },
  { text: 'patch pod one -n demo --type=merge -p {"spec":{"containers":[]}}' },
  { text: 'patch pod nope -n demo -p {}' },
  { text: 'diff -f -', input: pod('one', {}, { added: 'label' }) },
  { text: 'create -f -', input: pod('one') },
  { text: 'create -f -', input: pod('BAD_1') },
  { text: 'create -f -', input: pod('bad', { containers: [] }) },
  { text: 'create -f -', input: pod('bad', { containers: [{ name: 'a' }] }) },
  {
    text: 'create -f -',
    input: pod('bad', {
      containers: [
        { name: 'A!', image: 'i' },
        { name: 'A!', image: 'i' },
      ],
    }),
  },
  { text: 'create -f -', input: pod('bad', { restartPolicy: 'Sometimes' }) },
  {
    text: 'create -f -',
    input: pod('bad', { nope: 1, containers: [{ name: 'a', image: 'i', imag: 'x' }] }),
  },
  { text: 'create -f -', input: pod('bad', { hostNetwork: 'yes' }) },
  { text: 'create -f -', input: pod('bad', { serviceAccountName: 'nobody' }) },
  {
    text: 'create -f -',
    input: pod('bad', {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [{ name: 'a', image: 'i', volumeMounts: [{ name: 'w', mountPath: '/w' }] }],
    }),
  },
  { text: 'create -f -', input: { ...pod('bad'), ...inDemo('bad', { labels: { 'a b': 'c' } }) } },
  { text: 'create -f -', input: { apiVersion: 'v1', kind: 'Nope', metadata: { name: 'a' } } },
  { text: 'create -n other -f -', input: pod('bad') },
  { text: 'create -f -', input: { ...pod('bad'), metadata: { name: 'bad', namespace: 'nowhere' } } },
  {
    text: `POST ${demo}/pods`,
    input: '{"broken',
    differs: { why: 'the words of another JSON parser', where: /"message"/ },
  },
  {
    text: `POST ${demo}/pods`,
    input: { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'x' } },
    differs: { why: "the words of Go's conversion", where: /"message"/ },
  },
  { text: `POST ${demo}/pods?dryRun=All`, input: pod('dry') },
  { text: `POST ${demo}/pods?fieldValidation=Strict`, input: pod('bad', { nope: 1 }) },
  { text: `POST ${demo}/pods?fieldValidation=Warn&dryRun=All`, input: pod('warned', { nope: 1 }) },
  { text: `POST ${demo}/pods?dryRun=Some`, input: pod('bad') },
  { text: `PATCH ${demo}/pods/one`, input: {}, headers: { 'content-type': 'text/plain' } },
  {
    text: `PATCH ${demo}/pods/one`,
    input: { metadata: { resourceVersion: '1', labels: { z: 'z' } } },
    headers: merge,
  },
  { text: `PATCH ${demo}/pods/one`, input: { metadata: { uid: 'other' } }, headers: merge },
  { text: `PATCH ${demo}/pods/one`, input: [{ op: 'nope' }], headers: jsonPatch },
  {
    text: `PATCH ${demo}/pods/one`,
    input: { spec: { containers: [{ image: 'x' }] } },
    headers: strategic,
  },
  { text: `PUT ${demo}/pods/one`, input: pod('two') },
  { text: `DELETE ${demo}/pods/one`, input: { preconditions: { uid: 'other' } } },
  { text: `GET ${demo}/pods?fieldSelector=spec.nope=x` },
  {
    text: `GET ${demo}/pods?labelSelector=a=b=c`,
    differs: { why: 'the words of another parser', where: /"message"/ },
  },
  { text: `GET ${demo}/pods?limit=x` },
  {
    text: `GET ${demo}/pods?continue=nonsense`,
    differs: { why: 'the words of another parser', where: /"message"/ },
  },
  { text: `GET ${demo}/pods?watch=1&resourceVersion=nonsense` },
  { text: `GET ${demo}/pods?watch=1&sendInitialEvents=true` },
  {
    text: `GET ${demo}/pods?labelSelector=none`,
    headers: asTable,
    differs: noDescriptions,
  },
  { text: `GET ${demo}/pods/one`, headers: asTable, differs: noDescriptions },
  { text: `GET ${demo}/pods/one/nope` },
  { text: `POST ${demo}/pods/one`, input: {} },
  { text: 'delete pod one -n demo' },
  { text: 'get pod one -n demo' },
  { text: 'delete pod one -n demo' },
  { text: 'delete pod one -n demo --ignore-not-found' },
  // The webhook
  {
    text: 'apply -f -',
    input: pod('labeled', { serviceAccountName: 'wi' }, { 'azure.workload.identity/use': 'true' }),
  },
  { text: 'wait --for=condition=Ready pod/labeled -n demo --timeout=60s' },
  { text: 'get pod labeled -n demo -o yaml' },
  {
    text: 'create -f -',
    input: {
      ...pod('refused', { serviceAccountName: 'wi' }),
      ...inDemo('refused', {
        labels: { 'azure.workload.identity/use': 'true' },
        annotations: { 'azure.workload.identity/service-account-token-expiration': '1' },
      }),
    },
  },
  { text: 'delete pod labeled -n demo --now' },
  // ConfigMaps and Secrets
  { text: 'create configmap settings -n demo --from-literal=a=b' },
  { text: 'get configmap settings -n demo -o yaml' },
  { text: 'describe configmap settings -n demo' },
  { text: `PATCH ${demo}/configmaps/settings`, input: { data: { a: null, c: 'd' } }, headers: merge },
  {
    text: `PUT ${demo}/configmaps/settings`,
    input: { metadata: { name: 'settings', resourceVersion: '1' } },
  },
  { text: `PUT ${demo}/configmaps/fresh`, input: { metadata: { name: 'fresh' } } },
  {
    text: `PATCH ${demo}/configmaps/settings`,
    input: { data: { a: 1 } },
    headers: merge,
    differs: { why: 'the patch is shown, not what it would have made', where: /"message"/ },
  },
  { text: 'create configmap fixed -n demo --from-literal=a=b' },
  { text: 'patch configmap fixed -n demo -p {"immutable":true}' },
  { text: 'patch configmap fixed -n demo -p {"data":{"a":"c"}}' },
  { text: 'create secret generic hidden -n demo --from-literal=a=b' },
  { text: 'get secret hidden -n demo' },
  { text: 'get secret hidden -n demo -o yaml' },
  { text: 'describe secret hidden -n demo' },
  { text: 'patch secret hidden -n demo -p {"type":"other"}' },
  { text: 'delete configmap settings fixed -n demo' },
  { text: `DELETE ${demo}/secrets/hidden` },
  // Deployments
  { text: 'apply -f -', input: deployment(idleProgram) },
  { text: 'rollout status deployment/web -n demo --timeout=60s', quiet: true },
  { text: 'get deployment web -n demo' },
  { text: 'get deployment web -n demo -o yaml' },
  { text: 'get replicasets -n demo' },
  { text: 'get replicasets -n demo -o yaml' },
  { text: 'get pods -n demo -l app=web' },
  { text: 'describe deployment web -n demo' },
  { text: 'scale deployment web -n demo --replicas=1' },
  { text: 'wait --for=jsonpath={.status.replicas}=1 deployment/web -n demo --timeout=60s' },
  { text: `GET /apis/apps/v1/namespaces/demo/deployments/web/scale` },
  { text: 'set image deployment/web -n demo app=registry.test/other:1' },
  { text: 'rollout status deployment/web -n demo --timeout=60s', quiet: true },
  { text: 'rollout history deployment/web -n demo' },
  { text: 'rollout undo deployment/web -n demo' },
  { text: 'rollout status deployment/web -n demo --timeout=60s', quiet: true },
  { text: 'rollout restart deployment/web -n demo' },
  { text: 'rollout status deployment/web -n demo --timeout=60s', quiet: true },
  { text: 'rollout history deployment/web -n demo' },
  { text: 'patch deployment web -n demo -p {"spec":{"selector":{"matchLabels":{"app":"x"}}}}' },
  { text: 'patch deployment web -n demo -p {"spec":{"replicas":-1}}' },
  { text: 'delete deployment web -n demo --cascade=foreground' },
  { text: 'wait --for=delete pod -l app=web -n demo --timeout=60s', quiet: true },
  { text: 'get deployments,replicasets,pods -n demo' },
  // Jobs
  { text: 'apply -f -', input: job('good', "console.log('done')") },
  { text: 'wait --for=condition=Complete job/good -n demo --timeout=60s' },
  { text: 'get job good -n demo' },
  { text: 'get job good -n demo -o yaml' },
  { text: 'logs job/good -n demo' },
  { text: 'apply -f -', input: job('bad', 'process.exit(3)', { backoffLimit: 0 }) },
  { text: 'wait --for=condition=Failed job/bad -n demo --timeout=60s' },
  { text: 'get job bad -n demo -o yaml' },
  { text: 'get pods -n demo -l job-name=bad' },
  { text: 'delete jobs --all -n demo' },
  // Pod Security
  { text: 'label namespace demo pod-security.kubernetes.io/enforce=strict' },
  { text: 'label namespace demo pod-security.kubernetes.io/enforce=baseline' },
  { text: 'apply -f -', input: pod('allowed') },
  { text: 'apply -f -', input: pod('host', { hostNetwork: true, hostPID: true }) },
  { text: `POST ${demo}/pods`, input: pod('host', { containers: [container(idleProgram, privileged)] }) },
  { text: 'set image pod/allowed -n demo app=registry.test/other:1' },
  { text: 'label namespace demo pod-security.kubernetes.io/enforce=restricted --overwrite' },
  { text: 'label namespace demo pod-security.kubernetes.io/warn-version=v1.21' },
  { text: `POST ${demo}/pods`, input: pod('nothing') },
  { text: `POST ${demo}/pods?dryRun=All`, input: pod('nothing') },
  { text: 'apply -f -', input: deployment(idleProgram) },
  { text: `POST /apis/batch/v1/namespaces/demo/jobs`, input: job('refused', idleProgram) },
  {
    text: 'wait --for=jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].reason}=FailedCreate deployment/web -n demo --timeout=60s',
  },
  {
    text: 'get deployment web -n demo -o jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}',
  },
  { text: 'get pods -n demo -l app=web' },
  { text: 'delete deployment/web job/refused pod/allowed -n demo' },
  { text: 'label namespace demo pod-security.kubernetes.io/enforce-' },
  { text: 'label namespace demo pod-security.kubernetes.io/warn=baseline' },
  { text: 'apply -f -', input: pod('host', { hostNetwork: true, hostPID: true }) },
  { text: 'delete pod host -n demo' },
  // Who may do what
  { text: 'auth whoami' },
  { text: 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews', input: {} },
  {
    text: 'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
    input: {
      spec: { user: 'somebody', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'demo' } },
    },
  },
  { text: 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', input: { spec: {} } },
  { text: 'auth can-i create pods -n demo' },
  { text: 'auth can-i create pods -n demo --as=system:serviceaccount:demo:wi' },
  { text: 'auth can-i --list -n demo --as=system:serviceaccount:demo:wi', lines: /selfsubject|Resources/ },
  { text: 'get secrets -n demo --as=system:serviceaccount:demo:wi' },
  { text: 'get pod one -n demo --as=system:serviceaccount:demo:wi' },
  { text: 'create namespace x --as=system:serviceaccount:demo:wi' },
  { text: 'delete nodes --all --as=somebody' },
  { text: `GET ${core}/nodes`, headers: { authorization: 'Bearer nonsense' } },
  { text: `GET ${core}/nodes`, headers: { authorization: '' } },
  // The node, and the end
  { text: 'get nodes --no-headers' },
  { text: 'get nodes -o yaml' },
  { text: 'delete namespace demo' },
  { text: 'get namespace demo' },
  { text: 'delete namespace default' },
];
