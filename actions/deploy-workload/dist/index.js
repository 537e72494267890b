import { createRequire as __WEBPACK_EXTERNAL_createRequire } from 'module';
var __webpack_exports__ = {};

// external "os"
const external_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('os');

// node_modules/@actions/core/lib/utils.js
function utils_toCommandValue(input) {
	if (input === null || input === undefined) {
		return '';
	} else if (typeof input === 'string' || input instanceof String) {
		return input;
	}
	return JSON.stringify(input);
}
function utils_toCommandProperties(annotationProperties) {
	if (!Object.keys(annotationProperties).length) {
		return {};
	}
	return {
		title: annotationProperties.title,
		file: annotationProperties.file,
		line: annotationProperties.startLine,
		endLine: annotationProperties.endLine,
		col: annotationProperties.startColumn,
		endColumn: annotationProperties.endColumn,
	};
}

// node_modules/@actions/core/lib/command.js

function command_issueCommand(command, properties, message) {
	const cmd = new Command(command, properties, message);
	process.stdout.write(cmd.toString() + external_os_namespaceObject.EOL);
}
function command_issue(name, message = '') {
	command_issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
	constructor(command, properties, message) {
		if (!command) {
			command = 'missing.command';
		}
		this.command = command;
		this.properties = properties;
		this.message = message;
	}
	toString() {
		let cmdStr = CMD_STRING + this.command;
		if (this.properties && Object.keys(this.properties).length > 0) {
			cmdStr += ' ';
			let first = true;
			for (const key in this.properties) {
				if (this.properties.hasOwnProperty(key)) {
					const val = this.properties[key];
					if (val) {
						if (first) {
							first = false;
						} else {
							cmdStr += ',';
						}
						cmdStr += `${key}=${escapeProperty(val)}`;
					}
				}
			}
		}
		cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
		return cmdStr;
	}
}
function escapeData(s) {
	return utils_toCommandValue(s).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}
function escapeProperty(s) {
	return utils_toCommandValue(s)
		.replace(/%/g, '%25')
		.replace(/\r/g, '%0D')
		.replace(/\n/g, '%0A')
		.replace(/:/g, '%3A')
		.replace(/,/g, '%2C');
}

// external "crypto"
const external_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('crypto');

// external "fs"
const external_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('fs');

// node_modules/@actions/core/lib/file-command.js

function file_command_issueFileCommand(command, message) {
	const filePath = process.env[`GITHUB_${command}`];
	if (!filePath) {
		throw new Error(`Unable to find environment variable for file command ${command}`);
	}
	if (!external_fs_namespaceObject.existsSync(filePath)) {
		throw new Error(`Missing file at path: ${filePath}`);
	}
	external_fs_namespaceObject.appendFileSync(
		filePath,
		`${utils_toCommandValue(message)}${external_os_namespaceObject.EOL}`,
		{
			encoding: 'utf8',
		},
	);
}
function file_command_prepareKeyValueMessage(key, value) {
	const delimiter = `ghadelimiter_${external_crypto_namespaceObject.randomUUID()}`;
	const convertedValue = utils_toCommandValue(value);
	if (key.includes(delimiter)) {
		throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
	}
	if (convertedValue.includes(delimiter)) {
		throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
	}
	return `${key}<<${delimiter}${external_os_namespaceObject.EOL}${convertedValue}${external_os_namespaceObject.EOL}${delimiter}`;
}

// external "path"
const external_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('path');

// external "node:http"
const external_node_http_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:http');

// external "node:https"
const external_node_https_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:https');

// external "node:stream/consumers"
const consumers_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:stream/consumers');

// bundling/http.js

const IDLE_TIMEOUT = 180_000;
const MAX_REDIRECTS = 20;
async function fetch(url, options = {}) {
	let address = new URL(url);
	let { method = 'GET', headers = {}, body } = options;
	for (let redirects = 0; ; redirects++) {
		const message = await send(address, method, headers, body);
		const status = message.statusCode ?? 0;
		const { location } = message.headers;
		const follow = options.redirect !== 'manual' && [301, 302, 303, 307, 308].includes(status);
		if (!follow || location === undefined) return toResponse(message);
		if (redirects === MAX_REDIRECTS) throw new Error(`${url} redirects more than ${MAX_REDIRECTS} times`);
		message.resume();
		const target = new URL(location, address);
		if (target.protocol !== address.protocol) throw new Error(`${address} redirects to ${target.protocol}`);
		if (target.origin !== address.origin) headers = without(headers, 'authorization');
		if (status < 307 && method !== 'GET' && method !== 'HEAD') [method, body] = ['GET', undefined];
		address = target;
	}
}
function send(url, method, headers, body) {
	const { promise, resolve, reject } = Promise.withResolvers();
	const length = body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` };
	const options = { method, headers: { ...headers, ...length }, timeout: IDLE_TIMEOUT };
	const sent =
		url.protocol === 'https:'
			? (0, external_node_https_namespaceObject.request)(url, {
					...options,
					...(isLoopback(url) ? {} : { agent: proxyAgent() }),
				})
			: (0, external_node_http_namespaceObject.request)(url, {
					...options,
					...(isLoopback(url) ? {} : { agent: plainProxyAgent() }),
				});
	sent.on('timeout', () => sent.destroy(new Error(`${url.host} sent nothing for ${IDLE_TIMEOUT / 1000} s`)));
	sent.on('response', resolve);
	sent.on('error', reject);
	sent.end(body);
	return promise;
}
function proxyAgent() {
	checkProxySupport();
	return new external_node_https_namespaceObject.Agent({ proxyEnv: process.env });
}
function plainProxyAgent() {
	checkProxySupport();
	return new external_node_http_namespaceObject.Agent({ proxyEnv: process.env });
}
function checkProxySupport() {
	const { HTTPS_PROXY, https_proxy = HTTPS_PROXY, HTTP_PROXY, http_proxy = HTTP_PROXY } = process.env;
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	if ((https_proxy || http_proxy) && (major < 24 || (major === 24 && minor < 5)))
		throw new Error(
			`A proxy is set (https_proxy or http_proxy), and Node.js ${process.versions.node} cannot use it: Node.js 24.5 or later can. Update the runner.`,
		);
}
function isLoopback({ hostname }) {
	return hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';
}
async function toResponse(message) {
	const content = await (0, consumers_namespaceObject.buffer)(message);
	const status = message.statusCode ?? 0;
	const headers = new Headers();
	for (let each = 0; each < message.rawHeaders.length; each += 2)
		headers.append(message.rawHeaders[each], message.rawHeaders[each + 1]);
	return new Response([204, 205, 304].includes(status) ? null : new Uint8Array(content), {
		status,
		statusText: message.statusMessage ?? '',
		headers,
	});
}
function without(headers, name) {
	return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name));
}
class BearerCredentialHandler {
	token;
	constructor(token) {
		this.token = token;
	}
}
class HttpClient {
	#userAgent;
	#token;
	constructor(userAgent = '', handlers = []) {
		this.#userAgent = userAgent;
		this.#token = handlers[0]?.token;
	}
	async getJson(url) {
		const response = await fetch(url, {
			headers: {
				accept: 'application/json',
				'user-agent': this.#userAgent,
				...(this.#token && { authorization: `Bearer ${this.#token}` }),
			},
		});
		const text = await response.text();
		const result = parseJson(text);
		if (response.ok) return { result };
		const message = result?.message ?? (text || response.statusText);
		throw Object.assign(new Error(message), { statusCode: response.status });
	}
	getAgent() {}
	getAgentDispatcher() {}
}
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
// node_modules/@actions/http-client/index.js

// ./node_modules/@actions/http-client/lib/auth.js
var __awaiter =
	(undefined && undefined.__awaiter) ||
	function (thisArg, _arguments, P, generator) {
		function adopt(value) {
			return value instanceof P
				? value
				: new P(function (resolve) {
						resolve(value);
					});
		}
		return new (P || (P = Promise))(function (resolve, reject) {
			function fulfilled(value) {
				try {
					step(generator.next(value));
				} catch (e) {
					reject(e);
				}
			}
			function rejected(value) {
				try {
					step(generator['throw'](value));
				} catch (e) {
					reject(e);
				}
			}
			function step(result) {
				result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
			}
			step((generator = generator.apply(thisArg, _arguments || [])).next());
		});
	};
class BasicCredentialHandler {
	constructor(username, password) {
		this.username = username;
		this.password = password;
	}
	prepareRequest(options) {
		if (!options.headers) {
			throw Error('The request has no headers');
		}
		options.headers['Authorization'] =
			`Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
	}
	// This handler cannot handle 401
	canHandleAuthentication() {
		return false;
	}
	handleAuthentication() {
		return __awaiter(this, void 0, void 0, function* () {
			throw new Error('not implemented');
		});
	}
}
class auth_BearerCredentialHandler {
	constructor(token) {
		this.token = token;
	}
	// currently implements pre-authorization
	// TODO: support preAuth = false where it hooks on 401
	prepareRequest(options) {
		if (!options.headers) {
			throw Error('The request has no headers');
		}
		options.headers['Authorization'] = `Bearer ${this.token}`;
	}
	// This handler cannot handle 401
	canHandleAuthentication() {
		return false;
	}
	handleAuthentication() {
		return __awaiter(this, void 0, void 0, function* () {
			throw new Error('not implemented');
		});
	}
}
class PersonalAccessTokenCredentialHandler {
	constructor(token) {
		this.token = token;
	}
	// currently implements pre-authorization
	// TODO: support preAuth = false where it hooks on 401
	prepareRequest(options) {
		if (!options.headers) {
			throw Error('The request has no headers');
		}
		options.headers['Authorization'] = `Basic ${Buffer.from(`PAT:${this.token}`).toString('base64')}`;
	}
	// This handler cannot handle 401
	canHandleAuthentication() {
		return false;
	}
	handleAuthentication() {
		return __awaiter(this, void 0, void 0, function* () {
			throw new Error('not implemented');
		});
	}
}
//# sourceMappingURL=auth.js.map

// node_modules/@actions/core/lib/oidc-utils.js
var oidc_utils_awaiter =
	(undefined && undefined.__awaiter) ||
	function (thisArg, _arguments, P, generator) {
		function adopt(value) {
			return value instanceof P
				? value
				: new P(function (resolve) {
						resolve(value);
					});
		}
		return new (P || (P = Promise))(function (resolve, reject) {
			function fulfilled(value) {
				try {
					step(generator.next(value));
				} catch (e) {
					reject(e);
				}
			}
			function rejected(value) {
				try {
					step(generator['throw'](value));
				} catch (e) {
					reject(e);
				}
			}
			function step(result) {
				result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
			}
			step((generator = generator.apply(thisArg, _arguments || [])).next());
		});
	};

class OidcClient {
	static createHttpClient(allowRetry = true, maxRetry = 10) {
		const requestOptions = {
			allowRetries: allowRetry,
			maxRetries: maxRetry,
		};
		return new HttpClient(
			'actions/oidc-client',
			[new auth_BearerCredentialHandler(OidcClient.getRequestToken())],
			requestOptions,
		);
	}
	static getRequestToken() {
		const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
		if (!token) {
			throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_TOKEN env variable');
		}
		return token;
	}
	static getIDTokenUrl() {
		const runtimeUrl = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'];
		if (!runtimeUrl) {
			throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable');
		}
		return runtimeUrl;
	}
	static getCall(id_token_url) {
		return oidc_utils_awaiter(this, void 0, void 0, function* () {
			var _a;
			const httpclient = OidcClient.createHttpClient();
			const res = yield httpclient.getJson(id_token_url).catch(error => {
				throw new Error(`Failed to get ID Token. \n 
        Error Code : ${error.statusCode}\n 
        Error Message: ${error.message}`);
			});
			const id_token = (_a = res.result) === null || _a === void 0 ? void 0 : _a.value;
			if (!id_token) {
				throw new Error('Response json body do not have ID Token field');
			}
			return id_token;
		});
	}
	static getIDToken(audience) {
		return oidc_utils_awaiter(this, void 0, void 0, function* () {
			try {
				let id_token_url = OidcClient.getIDTokenUrl();
				if (audience) {
					const encodedAudience = encodeURIComponent(audience);
					id_token_url = `${id_token_url}&audience=${encodedAudience}`;
				}
				debug(`ID token url is ${id_token_url}`);
				const id_token = yield OidcClient.getCall(id_token_url);
				setSecret(id_token);
				return id_token;
			} catch (error) {
				throw new Error(`Error message: ${error.message}`);
			}
		});
	}
}

// node_modules/@actions/core/lib/core.js
var core_awaiter =
	(undefined && undefined.__awaiter) ||
	function (thisArg, _arguments, P, generator) {
		function adopt(value) {
			return value instanceof P
				? value
				: new P(function (resolve) {
						resolve(value);
					});
		}
		return new (P || (P = Promise))(function (resolve, reject) {
			function fulfilled(value) {
				try {
					step(generator.next(value));
				} catch (e) {
					reject(e);
				}
			}
			function rejected(value) {
				try {
					step(generator['throw'](value));
				} catch (e) {
					reject(e);
				}
			}
			function step(result) {
				result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
			}
			step((generator = generator.apply(thisArg, _arguments || [])).next());
		});
	};

var ExitCode;
(function (ExitCode) {
	ExitCode[(ExitCode['Success'] = 0)] = 'Success';
	ExitCode[(ExitCode['Failure'] = 1)] = 'Failure';
})(ExitCode || (ExitCode = {}));
function exportVariable(name, val) {
	const convertedVal = toCommandValue(val);
	process.env[name] = convertedVal;
	const filePath = process.env['GITHUB_ENV'] || '';
	if (filePath) {
		return issueFileCommand('ENV', prepareKeyValueMessage(name, val));
	}
	issueCommand('set-env', { name }, convertedVal);
}
function setSecret(secret) {
	command_issueCommand('add-mask', {}, secret);
}
function addPath(inputPath) {
	const filePath = process.env['GITHUB_PATH'] || '';
	if (filePath) {
		issueFileCommand('PATH', inputPath);
	} else {
		issueCommand('add-path', {}, inputPath);
	}
	process.env['PATH'] = `${inputPath}${path.delimiter}${process.env['PATH']}`;
}
function getInput(name, options) {
	const val = process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '';
	if (options && options.required && !val) {
		throw new Error(`Input required and not supplied: ${name}`);
	}
	if (options && options.trimWhitespace === false) {
		return val;
	}
	return val.trim();
}
function getMultilineInput(name, options) {
	const inputs = getInput(name, options)
		.split('\n')
		.filter(x => x !== '');
	if (options && options.trimWhitespace === false) {
		return inputs;
	}
	return inputs.map(input => input.trim());
}
function getBooleanInput(name, options) {
	const trueValue = ['true', 'True', 'TRUE'];
	const falseValue = ['false', 'False', 'FALSE'];
	const val = getInput(name, options);
	if (trueValue.includes(val)) return true;
	if (falseValue.includes(val)) return false;
	throw new TypeError(
		`Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
			`Support boolean input list: \`true | True | TRUE | false | False | FALSE\``,
	);
}
function setOutput(name, value) {
	const filePath = process.env['GITHUB_OUTPUT'] || '';
	if (filePath) {
		return file_command_issueFileCommand('OUTPUT', file_command_prepareKeyValueMessage(name, value));
	}
	process.stdout.write(external_os_namespaceObject.EOL);
	command_issueCommand('set-output', { name }, utils_toCommandValue(value));
}
function setCommandEcho(enabled) {
	issue('echo', enabled ? 'on' : 'off');
}
function setFailed(message) {
	process.exitCode = ExitCode.Failure;
	error(message);
}
function isDebug() {
	return process.env['RUNNER_DEBUG'] === '1';
}
function debug(message) {
	command_issueCommand('debug', {}, message);
}
function error(message, properties = {}) {
	command_issueCommand(
		'error',
		utils_toCommandProperties(properties),
		message instanceof Error ? message.toString() : message,
	);
}
function warning(message, properties = {}) {
	command_issueCommand(
		'warning',
		utils_toCommandProperties(properties),
		message instanceof Error ? message.toString() : message,
	);
}
function notice(message, properties = {}) {
	issueCommand(
		'notice',
		toCommandProperties(properties),
		message instanceof Error ? message.toString() : message,
	);
}
function info(message) {
	process.stdout.write(message + external_os_namespaceObject.EOL);
}
function startGroup(name) {
	issue('group', name);
}
function endGroup() {
	issue('endgroup');
}
function group(name, fn) {
	return core_awaiter(this, void 0, void 0, function* () {
		startGroup(name);
		let result;
		try {
			result = yield fn();
		} finally {
			endGroup();
		}
		return result;
	});
}
function saveState(name, value) {
	const filePath = process.env['GITHUB_STATE'] || '';
	if (filePath) {
		return issueFileCommand('STATE', prepareKeyValueMessage(name, value));
	}
	issueCommand('save-state', { name }, toCommandValue(value));
}
function getState(name) {
	return process.env[`STATE_${name}`] || '';
}
function getIDToken(aud) {
	return core_awaiter(this, void 0, void 0, function* () {
		return yield OidcClient.getIDToken(aud);
	});
}

// actions/shared/command-words.js
function commandWords(command) {
	const end = command.findIndex(word => word.startsWith('-'));
	return command.slice(0, end < 0 ? command.length : end);
}
function isReadOnly(command) {
	const [tool, ...rest] = command;
	if (tool === 'kubectl') return rest.some(word => /^(get|logs|version)$/.test(word));
	const [, ...words] = commandWords(command);
	if (words[0] === 'rest') return rest.includes('get');
	return words[0] === 'account' || /^(show|list|get|login|version|exists|wait)/.test(words.at(-1) ?? '');
}
function isCreation(command) {
	const [tool, ...words] = commandWords(command);
	return tool === 'az' && words[0] !== 'group' && ['create', 'build'].includes(words.at(-1) ?? '');
}

// actions/shared/quota.js
const LEARN = 'https://learn.microsoft.com';
const REGIONS = [
	'eastus2',
	'centralus',
	'westus3',
	'northeurope',
	'swedencentral',
	'uksouth',
	'southeastasia',
];
function explainQuota(text) {
	return clusterQuota(text) ?? vcpuQuota(text) ?? vmSize(text) ?? capacity(text) ?? regionRestriction(text);
}
function clusterQuota(text) {
	if (!/ManagedClusterCountExceedsQuotaLimit|exceeding quota limits for managed clusters/i.test(text)) return;
	const [, limit, used, more] =
		/Maximum allowed: (\d+), Current usage: (\d+), Additional requested: (\d+)/i.exec(text) ?? [];
	const numbers = limit ? `: limit ${limit}, used ${used}, requested ${more}` : '';
	return {
		cause: `The subscription's quota of AKS clusters in this region is used up${numbers}.`,
		remedy: `Delete unused clusters (az aks list --query "[].{name: name, group: resourceGroup, location: location}"), or set the input location to another region: ${others(text)}. Or request more quota.`,
		link: `${LEARN}/azure/aks/quotas-skus-regions`,
	};
}
const VCPU_WORDINGS = [
	[
		/left regional vcpu quota (?<left>-?\d+), requested quota (?<more>\d+)/i,
		({ left, more }) => `all VM sizes together: available ${left}, required ${more}`,
	],
	[
		/Insufficient vcpu quota requested (?<more>\d+), remaining (?<left>-?\d+)(?: for family (?<family>\w+))?/i,
		({ left, more, family }) => `${family ?? 'this VM family'}: available ${left}, required ${more}`,
	],
	[
		/exceeding approved (?<what>[\w ]+?) (?:Cores )?quota.*?Current Limit: (?<limit>\d+), Current Usage: (?<used>\d+), Additional Required: (?<more>\d+)/is,
		({ what, limit, used, more }) => `${what}: limit ${limit}, used ${used}, required ${more} more`,
	],
];
function vcpuQuota(text) {
	if (
		!/QuotaExceeded|InsufficientVCPUQuota|exceeding approved .* quota|insufficient .*vcpu quota/i.test(text)
	)
		return;
	const told = VCPU_WORDINGS.flatMap(([pattern, words]) => {
		const groups = pattern.exec(text)?.groups;
		return groups ? [words(groups)] : [];
	})[0];
	const region = regionOf(text);
	return {
		cause: `The subscription's vCPU quota is too small${region ? ` in ${region}` : ' in this region'}${told ? ` (${told})` : ''}.`,
		remedy: `Set the input location to another region: ${others(text)}. Or use fewer nodes or a smaller size (node-count, node-vm-size), or request more quota. This command shows the quota of a region: ${usageCommand(otherRegions(text)[0])}`,
		link: `${LEARN}/azure/quotas/per-vm-quota-requests`,
	};
}
function vmSize(text) {
	if (
		!/SkuNotAvailable|VMSizeNotSupported|NotAvailableForSubscription|VM size of .* is not allowed|Virtual Machine size: .* is not supported/i.test(
			text,
		)
	)
		return;
	const region = regionOf(text);
	const offered = sizesFor(text);
	const size = offered.length > 0 ? ` Azure offers, among others: ${offered.join(', ')}.` : '';
	return {
		cause: `This VM size is not available to the subscription${region ? ` in ${region}` : ' in this region'}.`,
		remedy: `Set the input node-vm-size to another size.${size} Or set location to another region: ${others(text)}. This command lists the sizes of a region: az vm list-skus --location ${region ?? 'LOCATION'} --resource-type virtualMachines --query "[?!restrictions[0]].name"`,
		link: `${LEARN}/azure/azure-resource-manager/troubleshooting/error-sku-not-available`,
	};
}
function capacity(text) {
	if (
		!/AKSCapacity(?:HeavyUsage|Error)|(?:Zonal)?AllocationFailed|Overconstrained(?:Zonal)?AllocationRequest|AvailabilityZoneNotSupported/i.test(
			text,
		)
	)
		return;
	return {
		cause:
			'Azure has no capacity for this cluster in this region now. It is not the quota of the subscription.',
		remedy: `Set the input location to another region: ${others(text)}. Or set another node-vm-size, or retry later.`,
		link: `${LEARN}/troubleshoot/azure/azure-kubernetes/error-codes/akscapacityheavyusage-error`,
	};
}
function regionRestriction(text) {
	if (!/RequestDisallowedByAzure|RequestDisallowedByPolicy/i.test(text)) return;
	return {
		cause: "A policy does not allow this region or these settings. Azure's message shows its name.",
		remedy:
			'Set the input location to a region that the policy allows: az policy assignment list --query "[].{name: displayName, parameters: parameters}"',
		link: `${LEARN}/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy`,
	};
}
function usageCommand(location) {
	return `az vm list-usage --location ${location} --query "[?name.value=='cores']"`;
}
function regionOf(text) {
	return /\blocation:? '?([a-z][a-z0-9]{3,30})\b/i.exec(text)?.[1]?.toLowerCase();
}
function otherRegions(text) {
	const region = regionOf(text);
	return REGIONS.filter(each => each !== region).slice(0, 4);
}
const others = text => otherRegions(text).join(', ');
function sizesFor(text) {
	const list = /available VM sizes are '?([\w,-]+)/i.exec(text)?.[1]?.split(',') ?? [];
	return list.filter(size => /^standard_[bde][24](?!\w*p\w*_v)\w*_v\d$/i.test(size)).slice(0, 4);
}

// actions/shared/known-errors.js

const known_errors_LEARN = 'https://learn.microsoft.com';
const FEDERATION = `${known_errors_LEARN}/entra/workload-id/workload-identity-federation-considerations`;
const UNKNOWN_IDENTITY = {
	cause: 'Entra knows no identity with this client ID in this tenant, or no such tenant.',
	remedy: 'Correct client-id and tenant-id. Entra shows a new identity after some minutes.',
	link: 'https://github.com/Azure/login#readme',
};
const LOG_IN_AGAIN = {
	cause: 'The login of az has expired, or Entra requires more for this command.',
	remedy: 'Log in again: az login. For Entra itself: az login --scope https://graph.microsoft.com//.default',
	link: `${known_errors_LEARN}/cli/azure/authenticate-azure-cli`,
};
const SIGNS = [
	{
		kind: 'not-logged-in',
		pattern: /Please run 'az login'|az login' to setup account|No subscription found/i,
		explanation: {
			cause: 'az is not logged in.',
			remedy:
				'Set client-id, tenant-id, and subscription-id for this step, and `permissions: id-token: write` for the job. Or log in before this step.',
			link: `${known_errors_LEARN}/azure/developer/github/connect-from-azure-openid-connect`,
		},
	},
	{
		kind: 'login-required',
		pattern: /az login/,
		inTerminal: LOG_IN_AGAIN,
	},
	{
		kind: 'interaction-required',
		pattern: /AADSTS(?:50076|50079|50173|65001|70043|700082|530003)\b|interaction_required/,
		inTerminal: LOG_IN_AGAIN,
	},
	{
		kind: 'github-token-expired',
		pattern: /AADSTS700024|Unable to authenticate using AAD or admin login credentials/,
		explanation: {
			cause:
				'The GitHub token that az logged in with has expired. It is valid for five minutes, and az sends it again for each service. For a registry, az hides that reason.',
			remedy:
				'Set client-id, tenant-id, and subscription-id for this step: it then logs in by itself, and again when necessary. Or log in directly before this step.',
			link: 'https://github.com/Azure/login/issues/372',
		},
	},
	{
		kind: 'login-expired',
		pattern:
			/AADSTS700024\b|Unable to authenticate using AAD or admin login credentials|ExpiredAuthenticationToken|\(InvalidAuthenticationToken\)[^\n]*expir/i,
	},
	{
		kind: 'subject-differs-in-case',
		pattern: /AADSTS7002138/,
		explanation: {
			cause: 'The subject of the token and of the federated credential differ only in upper and lower case.',
			remedy: 'Update the credential with the subject that the message shows. Entra compares case.',
			link: FEDERATION,
		},
	},
	{
		kind: 'no-matching-credential',
		pattern: /AADSTS70021[123]?\b/,
		explanation: {
			cause:
				'No federated credential of the identity matches the issuer, subject, and audience of the token.',
			remedy:
				'Create a credential with exactly the issuer and subject that the message shows. Entra applies a new credential after seconds to minutes.',
			link: FEDERATION,
		},
		transient: { login: 'Entra sees no federated credential for this token' },
	},
	{
		kind: 'unknown-identity',
		pattern: /AADSTS700016\b|AADSTS7000229\b/,
		explanation: UNKNOWN_IDENTITY,
		transient: { login: 'Entra sees no such identity' },
	},
	{
		kind: 'unknown-tenant',
		pattern: /AADSTS700038\b|AADSTS90002\b/,
		explanation: UNKNOWN_IDENTITY,
	},
	{
		kind: 'github-token-late',
		pattern: /AADSTS700024\b/,
		transient: { login: 'the token of GitHub was too old when it arrived' },
	},
	{
		kind: 'no-subscriptions',
		pattern: /No subscriptions found/,
		explanation: {
			cause:
				'The identity that logged in has no role on any subscription, or Azure does not apply the role yet.',
			remedy:
				'Assign it a role on the subscription or the resource group. Azure applies a new assignment after some minutes.',
			link: 'https://github.com/Azure/login/issues/556',
		},
		transient: { login: 'Azure shows the identity no subscription' },
	},
	{
		kind: 'unknown-subscription',
		pattern: /The subscription of '.*' doesn't exist in cloud/,
		explanation: {
			cause: 'The identity that logged in does not see this subscription.',
			remedy:
				'Correct subscription-id, or assign the identity a role there. Azure applies a new assignment after some minutes.',
			link: 'https://github.com/Azure/login/issues/556',
		},
		transient: { login: 'Azure shows the identity other subscriptions, but not this one' },
	},
	{
		kind: 'presented-assertion',
		pattern: /presented assertion (?<claim>\w+) '(?<value>[^']{1,300})'/,
	},
	{
		kind: 'action-denied',
		pattern: /authorization to perform action '(?<action>[^']+)' over scope '(?<scope>[^']+)'/,
	},
	{
		kind: 'app-registration-denied',
		pattern: /Authorization_RequestDenied|Insufficient privileges/,
		command: / ad app | ad sp /,
		inTerminal: {
			cause:
				'You are not allowed to register applications: the tenant reserves that to people with an Entra role.',
			remedy:
				'Use a user-assigned identity, which needs no Entra role (--identity user-assigned), or request the role Application Developer.',
			link: `${known_errors_LEARN}/entra/identity/role-based-access-control/delegate-app-roles#restrict-who-can-create-applications`,
		},
	},
	{
		kind: 'provider-registration-denied',
		pattern: /AuthorizationFailed|register\/action/,
		command: / provider register /,
		inTerminal: {
			cause: 'You are not allowed to register resource providers in this subscription.',
			remedy: 'Ask an owner or contributor of the subscription to run this command.',
			link: `${known_errors_LEARN}/azure/azure-resource-manager/management/resource-providers-and-types#register-resource-provider`,
		},
	},
	{
		kind: 'role-assignment-denied',
		pattern: /roleAssignments\/write/,
		explanation: {
			cause: 'The identity that az is logged in as is not allowed to assign roles.',
			remedy: 'Assign it the role Role Based Access Control Administrator on the resource group.',
			link: `${known_errors_LEARN}/azure/role-based-access-control/built-in-roles/privileged#role-based-access-control-administrator`,
		},
	},
	{
		kind: 'role-assignment-command-denied',
		pattern: /AuthorizationFailed/,
		command: / role assignment /,
		inTerminal: {
			cause: 'You are not allowed to assign roles on this subscription.',
			remedy:
				'Ask an owner of the subscription to run this command, or to assign you Owner or User Access Administrator.',
			link: `${known_errors_LEARN}/azure/role-based-access-control/role-assignments-steps#step-4-check-your-prerequisites`,
		},
	},
	{
		kind: 'scope-locked',
		pattern: /ScopeLocked/,
		inTerminal: {
			cause: 'A lock forbids this change.',
			remedy: 'Remove the lock (az lock list shows it), run this command again, and create the lock again.',
			link: `${known_errors_LEARN}/azure/azure-resource-manager/management/lock-resources`,
		},
	},
	{
		kind: 'not-authorized',
		pattern: /AuthorizationFailed/,
		inTerminal: {
			cause: 'You are not allowed to do this in the subscription.',
			remedy:
				'Ask an owner of the subscription to run this command. After a new assignment, log in again: az login',
			link: `${known_errors_LEARN}/azure/role-based-access-control/troubleshooting`,
		},
		transient: { login: 'Azure does not apply the roles of the identity yet' },
	},
	{
		kind: 'not-authorized-on-scope',
		pattern: /AuthorizationFailed|LinkedAuthorizationFailed/,
		explanation: {
			cause:
				'The identity that az is logged in as has no role that allows this action on this scope, or Azure does not apply the role yet.',
			remedy: "Assign it the role that this action's README lists, on the scope that the message shows.",
			link: `${known_errors_LEARN}/azure/role-based-access-control/troubleshooting`,
		},
	},
	{
		kind: 'provider-not-registered',
		pattern: /MissingSubscriptionRegistration|not registered to use namespace/,
		explanation: {
			cause: 'The subscription has never used this kind of resource.',
			remedy:
				'Register the namespace that the message shows once: az provider register --namespace NAMESPACE',
			link: `${known_errors_LEARN}/azure/azure-resource-manager/troubleshooting/error-register-resource-provider`,
		},
	},
	{
		kind: 'kubernetes-version-not-offered',
		pattern: /K8sVersionNotSupported/,
		explanation: {
			cause: 'AKS does not offer this Kubernetes version in this region.',
			remedy:
				'Leave kubernetes-version empty, or set it to a version that this command lists: az aks get-versions --location LOCATION',
			link: `${known_errors_LEARN}/azure/aks/supported-kubernetes-versions`,
		},
	},
	{
		kind: 'locked',
		pattern: /ScopeLocked/,
		explanation: {
			cause: 'A lock protects the resource, or its resource group or subscription.',
			remedy: 'Ask an owner to remove the lock. This command shows it: az lock list --resource-group GROUP',
			link: `${known_errors_LEARN}/azure/azure-resource-manager/management/lock-resources`,
		},
	},
	{
		kind: 'group-being-deleted',
		pattern: /ResourceGroupBeingDeleted/,
		explanation: {
			cause: 'The resource group is being deleted.',
			remedy: 'Wait until it is deleted, or use another name.',
			link: `${known_errors_LEARN}/azure/azure-resource-manager/management/delete-resource-group`,
		},
	},
	{
		kind: 'group-in-other-location',
		pattern: /InvalidResourceGroupLocation/,
		explanation: {
			cause: 'A resource group with this name exists in another region.',
			remedy: 'Set the input location to that region, or use another name.',
			link: `${known_errors_LEARN}/azure/azure-resource-manager/management/manage-resource-groups-cli`,
		},
	},
	{
		kind: 'location-not-available',
		pattern: /LocationNotAvailable|NoRegisteredProviderFound|location .* is not available/i,
		explanation: {
			cause: 'This region does not exist or does not offer this kind of resource.',
			remedy: 'Set the input location to another region.',
			link: `${known_errors_LEARN}/azure/reliability/regions-list`,
		},
	},
	{
		kind: 'parent-not-found',
		pattern: /\((?:ResourceGroup|ParentResource|Resource)NotFound\)|Resource group '.*' could not be found/,
		transient: { creation: 'Azure does not show the parent resource everywhere yet' },
	},
	{
		kind: 'registry-object-not-found',
		pattern:
			/Error: (?:repository name not known|the specified tag does not exist|manifest unknown|(?:repository|manifest|tag) .*is not found)/i,
	},
	{
		kind: 'directory-object-not-found',
		pattern: /^(?:ERROR: )?(?:Service principal|Application|Resource) .*(?:doesn't|does not) exist\b/m,
	},
	{
		kind: 'cluster-operation-in-progress',
		pattern: /in progress .*managed cluster operation|managed cluster is in Provisioning State\(\w+ing\)/,
	},
	{ kind: 'cluster-exists', pattern: /The cluster '.*' under resource group '.*' already exists/ },
	{ kind: 'no-kubelet-identity', pattern: /getting kubelet's identity/ },
	{
		kind: 'vault-soft-deleted',
		pattern: /exists in deleted state/,
		explanation: {
			cause: 'A soft-deleted vault has this name, and keeps it until it is purged.',
			remedy: 'Purge it (az keyvault purge --name NAME), or use another name.',
			link: `${known_errors_LEARN}/azure/key-vault/general/key-vault-recovery`,
		},
	},
	{
		kind: 'vault-name-taken',
		pattern: /VaultAlreadyExists/,
		explanation: {
			cause: 'The vault name is in use. Vault names are unique in all of Azure.',
			remedy: 'Use another name.',
			link: `${known_errors_LEARN}/azure/key-vault/general/about-keys-secrets-certificates`,
		},
	},
	{ kind: 'vault-exists', pattern: /The specified vault: .* already exists/ },
	{ kind: 'vault-write-conflict', pattern: /A conflict occurred that prevented the operation/ },
	{ kind: 'vault-firewall', pattern: /ForbiddenByFirewall/ },
	{ kind: 'client-address', pattern: /Client address: (?<address>[0-9a-fA-F.:]+)/ },
	{
		kind: 'vault-not-public',
		pattern: /ForbiddenByConnection|Public network access is disabled|not an approved private link/,
	},
	{
		kind: 'vault-role-missing',
		pattern: /ForbiddenByRbac/,
		explanation: {
			cause:
				'The vault uses Azure RBAC. The caller has no role that allows this, or Azure does not apply the assignment yet.',
			remedy:
				'Assign Key Vault Secrets Officer (to write) or Key Vault Secrets User (to read) on the vault. Azure applies the assignment after some minutes.',
			link: `${known_errors_LEARN}/azure/key-vault/general/rbac-guide`,
		},
	},
	{ kind: 'vault-access-denied', pattern: /AccessDenied/ },
	{ kind: 'secret-disabled', pattern: /SecretDisabled/ },
	{ kind: 'secret-soft-deleted', pattern: /ObjectIsDeletedButRecoverable/ },
	{ kind: 'secret-being-deleted', pattern: /ObjectIsBeing(?:Deleted|Recovered)/ },
	{
		kind: 'purge-protection',
		pattern: /purge protection|DeletedVaultPurge/i,
		explanation: {
			cause: 'The vault has purge protection: nobody can purge it before its retention ends.',
			remedy: 'Wait until then, or use another vault name for the next run.',
			link: `${known_errors_LEARN}/azure/key-vault/general/soft-delete-overview#purge-protection`,
		},
	},
	{
		kind: 'registry-name-taken',
		pattern: /AlreadyInUse/,
		explanation: {
			cause: 'The registry name is in use. Registry names are unique in all of Azure.',
			remedy: 'Use another name.',
			link: `${known_errors_LEARN}/azure/container-registry/container-registry-get-started-azure-cli`,
		},
	},
	{
		kind: 'acr-tasks-not-allowed',
		pattern: /TasksOperationsNotAllowed/,
		explanation: {
			cause:
				'Azure does not allow this subscription to build in the registry (ACR Tasks are off for free-credit subscriptions).',
			remedy:
				'Set the input builder to auto or docker, which builds on the runner. Or use a pay-as-you-go subscription.',
			link: `${known_errors_LEARN}/azure/container-registry/container-registry-tasks-overview`,
		},
	},
	{
		kind: 'principal-not-found',
		pattern: /PrincipalNotFound/,
		explanation: {
			cause: 'The identity is new, and the directory does not show it everywhere yet.',
			remedy: 'Run this step again in a minute.',
			link: `${known_errors_LEARN}/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails`,
		},
	},
	{ kind: 'identity-not-visible', pattern: /ParentResourceNotFound|MS Graph resource not found/ },
	{ kind: 'application-not-visible', pattern: /Request_ResourceNotFound|NoBackingApplicationObject/ },
	{
		kind: 'concurrent-credential-writes',
		pattern: /ConcurrentFederatedIdentityCredentialsWrites/,
		explanation: {
			cause: 'Another client writes federated credentials of this identity at the same time.',
			remedy: 'Let one run at a time write to an identity (concurrency in the workflow).',
			link: FEDERATION,
		},
	},
	{ kind: 'credential-exists', pattern: /Issuer and subject combination already exists/ },
	{
		kind: 'too-many-credentials',
		pattern:
			/at most 20|[Tt]oo many [Ff]ederated|maximum (?:number|of) .*[Ff]ederated|Directory_QuotaExceeded/,
		command: / federated-credential /,
		inTerminal: {
			cause: 'The identity has 20 federated credentials, which is the maximum in Entra.',
			remedy: 'Delete those that you do not need, or use another identity (--name).',
			link: FEDERATION,
		},
	},
	{
		kind: 'credentials-not-supported',
		pattern: /are not supported in/,
		command: / federated-credential /,
		inTerminal: {
			cause: 'Identities in this region cannot have federated credentials.',
			remedy: 'Use another region (--location). Labs can be in a different region.',
			link: FEDERATION,
		},
	},
	{
		kind: 'az-crashed',
		pattern: /Here is the traceback:/,
		explanation: {
			cause: "az crashed while handling Azure's response.",
			remedy: 'Run this step again. If az crashes again, install another version of az.',
			link: 'https://github.com/Azure/azure-cli/issues',
		},
	},
	{
		kind: 'webhook-unavailable',
		pattern: /failed calling webhook/,
		explanation: {
			cause:
				'An admission webhook of the cluster does not answer, and the cluster accepts no such object without it.',
			remedy:
				'After a creation or a start, it becomes ready within minutes: run this step again. Otherwise check its pods: kubectl get pods --namespace kube-system',
			link: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy',
		},
	},
	{ kind: 'refused-by-cluster', pattern: /denied the request|\(Forbidden\)/ },
	{ kind: 'not-admitted', pattern: /is forbidden: (?!User )|admission webhook .* denied the request/ },
	{
		kind: 'certificate-not-trusted',
		pattern: /CERTIFICATE_VERIFY_FAILED|x509: certificate signed by unknown authority/,
		explanation: {
			cause:
				'This machine does not trust the authority that signed the certificate, as behind an intercepting proxy.',
			remedy:
				"Set REQUESTS_CA_BUNDLE (az) and SSL_CERT_FILE (kubectl) to the file of the proxy's certificate authority.",
			link: `${known_errors_LEARN}/cli/azure/use-azure-cli-successfully-troubleshooting#work-behind-a-proxy`,
		},
	},
	{
		kind: 'kubelogin-missing',
		pattern: /executable kubelogin not found|exec: "kubelogin"/,
		explanation: {
			cause:
				'The cluster requires an Entra login. kubectl uses kubelogin for that, and kubelogin is not on PATH.',
			remedy: 'Install it before this step, for example with azure/use-kubelogin.',
			link: 'https://azure.github.io/kubelogin/',
		},
	},
	{
		kind: 'kubelogin-failed',
		pattern: /getting credentials: exec: executable \S+ failed/,
		explanation: {
			cause:
				'The program that gets the credentials for kubectl failed (kubelogin for a cluster with Entra logins).',
			remedy: 'Its error is below. kubelogin uses the login of az: log in again directly before this step.',
			link: 'https://azure.github.io/kubelogin/',
		},
	},
	{
		kind: 'cluster-unreachable',
		pattern:
			/Unable to connect to the server|no such host|i\/o timeout|connection refused|deadline exceeded|Client\.Timeout/,
	},
	{
		kind: 'service-unreachable',
		pattern:
			/Unable to connect to proxy|Failed to resolve|Unable to connect to the server|connection refused|no such host/i,
		explanation: {
			cause: 'The network did not reach the service.',
			remedy:
				'Check the proxy and the DNS of this runner. A stopped or private cluster does not answer either.',
			link: `${known_errors_LEARN}/troubleshoot/azure/azure-kubernetes/connectivity/troubleshoot-cluster-connection-issues-api-server`,
		},
	},
	{
		kind: 'cluster-credentials-refused',
		pattern: /You must be logged in to the server|\(Unauthorized\)/,
		explanation: {
			cause: 'The cluster does not accept the credentials of the kubeconfig.',
			remedy: 'Get new ones: run create-cluster again, or az aks get-credentials.',
			link: `${known_errors_LEARN}/azure/aks/control-kubeconfig-access`,
		},
	},
	{
		kind: 'forbidden-by-cluster',
		pattern: /Error from server \(Forbidden\)/,
		explanation: {
			cause: "The cluster's RBAC does not allow this to the user of the kubeconfig.",
			remedy: 'Grant that user a role in the namespace.',
			link: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
		},
	},
	{ kind: 'forbidden', pattern: /\(Forbidden\)/ },
	{ kind: 'object-exists', pattern: /\(AlreadyExists\)/ },
	{ kind: 'object-not-found', pattern: /Error from server \(NotFound\)/ },
	{ kind: 'object-changed', pattern: /Error from server \(Conflict\)/ },
	{
		kind: 'azure-throttles',
		pattern: /TooManyRequests|RequestsThrottled|\(Throttled\)|\b429\b.*Too Many|too many requests/i,
		transient: { az: 'Azure throttles' },
	},
	{
		kind: 'operation-in-progress',
		pattern:
			/AnotherOperationInProgress|another operation .*in progress|there's an in progress .* operation|operation is in progress|OperationPreempted/i,
		transient: { az: 'another operation on the resource is in progress' },
	},
	{
		kind: 'concurrent-write',
		pattern: /\(ConcurrentUpdateError\)|\(EtagMismatch\)|\(PreconditionFailed\)/,
		transient: { az: 'another client writes the resource at the same time' },
	},
	{
		kind: 'connection-reset',
		pattern:
			/ConnectionResetError|Connection reset by peer|RemoteDisconnected|Connection aborted|IncompleteRead|UNEXPECTED_EOF_WHILE_READING/,
		transient: { az: 'the connection was reset' },
	},
	{
		kind: 'name-server-unavailable',
		pattern: /Temporary failure in name resolution|EAI_AGAIN/,
		transient: { az: 'the name server does not answer' },
	},
	{
		kind: 'host-not-resolved',
		pattern:
			/Failed to resolve|NameResolutionError|Name or service not known|nodename nor servname|Temporary failure in name resolution|No address associated with hostname|Name does not resolve|getaddrinfo|Tunnel connection failed: 50[234]/i,
	},
	{
		kind: 'entra-unavailable',
		pattern: /AADSTS(?:90033|50000|90006)\b|HTTP Error: 5\d\d|temporarily unavailable|Service Unavailable/i,
		transient: { login: 'Entra is unavailable' },
	},
	{
		kind: 'entra-throttles',
		pattern: /\b429\b|TooManyRequests|AADSTS90055\b/,
		transient: { login: 'Entra throttles' },
	},
	{
		kind: 'network-failed',
		pattern:
			/Connection aborted|[Cc]onnection reset|RemoteDisconnected|NewConnectionError|NameResolutionError|ConnectTimeout|Read timed out|ReadTimeout|Max retries exceeded|Temporary failure in name resolution|EOF occurred|IncompleteRead|ProxyError/,
		transient: { login: 'the network failed' },
	},
	{
		kind: 'cluster-throttles',
		pattern: /TooManyRequests|too many requests/i,
		transient: { kubectl: 'the cluster throttles' },
	},
	{
		kind: 'webhook-not-ready',
		pattern: /failed calling webhook|failed to call webhook/,
		transient: { kubectl: 'a webhook of the cluster does not answer yet' },
	},
	{
		kind: 'cluster-slow',
		pattern: /Client\.Timeout exceeded|context deadline exceeded/,
		transient: { kubectl: 'the cluster did not answer in time' },
	},
	{
		kind: 'cluster-connection-reset',
		pattern: /connection reset by peer|unexpected EOF|: EOF\b|TLS handshake timeout|client connection lost/,
		transient: { kubectl: 'the connection was reset' },
	},
	{
		kind: 'object-modified',
		pattern: /the object has been modified/,
		transient: { kubectl: 'another client writes the object at the same time' },
	},
];
function findErrors(text) {
	return SIGNS.filter(({ pattern }) => pattern.test(text));
}
function explain(text) {
	const signs = SIGNS;
	return (
		signs.find(({ pattern, explanation }) => explanation && pattern.test(text))?.explanation ??
		explainQuota(text)
	);
}
function hostsIn(text) {
	const hosts = /(?:host='|resolve '|connect to host |ENOTFOUND )([a-z0-9.-]+)/gi;
	return [...text.matchAll(hosts)].map(([, host = '']) => host.toLowerCase());
}

// external "node:timers/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:timers/promises');

// actions/shared/interruption.js
class Interrupted extends Error {
	signal;
	cutOff = [];
	constructor(signal) {
		super(`The step was cancelled (${signal}).`);
		this.name = 'Interrupted';
		this.signal = signal;
	}
}
const interruption = new AbortController();
const repeatedInterruption = new AbortController();
function listenForSignals() {
	for (const signal of ['SIGINT', 'SIGTERM']) {
		process.once(signal, () => {
			const stop = interruption.signal.aborted ? repeatedInterruption : interruption;
			stop.abort(new Interrupted(signal));
		});
	}
}

// actions/shared/time.js

const realTime = {
	now: () => performance.now(),
	async sleep(milliseconds) {
		try {
			await (0, promises_namespaceObject.setTimeout)(milliseconds, undefined, {
				signal: interruption.signal,
			});
		} catch (error) {
			interruption.signal.throwIfAborted();
			throw error;
		}
	},
};
function duration(milliseconds) {
	const seconds = milliseconds / 1000;
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

// actions/shared/command-errors.js

class CommandFailed extends Error {
	command;
	exitCode;
	errorText;
	#found;
	constructor(command, exitCode, stderr) {
		const text = stderr.trim();
		super(`${command.join(' ')} failed with exit code ${exitCode}: ${text || 'it printed no error'}`);
		this.name = 'CommandFailed';
		this.command = command;
		this.exitCode = exitCode;
		this.errorText = text;
	}
	get #known() {
		this.#found ??= findErrors(this.errorText);
		return this.#found;
	}
	is(kind) {
		return this.#known.some(known => known.kind === kind);
	}
	details(kind) {
		return this.#known.find(known => known.kind === kind)?.pattern.exec(this.errorText)?.groups ?? {};
	}
	get code() {
		return (
			/^(?:ERROR: )?\((\w+)\)/m.exec(this.errorText)?.[1] ??
			/^Code: (\w+)/m.exec(this.errorText)?.[1] ??
			/AADSTS\d+/.exec(this.errorText)?.[0]
		);
	}
	get explanation() {
		return this.#known.find(({ explanation }) => explanation)?.explanation ?? explain(this.errorText);
	}
	get explanationInTerminal() {
		const command = ` ${this.command.join(' ')} `;
		const known = this.#known.find(({ inTerminal, command: of }) => inTerminal && (!of || of.test(command)));
		return known?.inTerminal ?? this.explanation;
	}
	get transientReason() {
		if (this.command[0] === 'kubectl') {
			return this.is('refused-by-cluster') ? undefined : this.#reason('kubectl');
		}
		return this.#reason('az') ?? (isCreation(this.command) ? this.#reason('creation') : undefined);
	}
	get transientLoginReason() {
		return this.#reason('login');
	}
	#reason(during) {
		return this.#known.find(({ transient }) => transient?.[during])?.transient?.[during];
	}
	failedToResolve(host) {
		if (!this.is('host-not-resolved')) return false;
		const hosts = hostsIn(this.errorText);
		return hosts.length === 0 || hosts.includes(host.toLowerCase());
	}
}
function command_errors_failedWith(error, kind) {
	return error instanceof CommandFailed && error.is(kind);
}
class CommandTimedOut extends Error {
	command;
	constructor(command, seconds) {
		const [tool = ''] = command;
		const mayContinue =
			tool === 'az' && !isReadOnly(command) ? '\nAzure might continue what the command began.' : '';
		super(`\`${command.join(' ')}\` did not end within ${duration(seconds * 1000)} and was stopped.${mayContinue}
What to do: check that the network and the proxy of this runner let ${tool} reach its service, then run this step again; it continues from what exists.`);
		this.name = 'CommandTimedOut';
		this.command = command;
	}
}
class OutputTooLarge extends Error {
	constructor(command, what) {
		super(`\`${command.join(' ')}\` printed ${what} and was stopped.
What to do: check which program ${command[0]} on PATH is, and what it prints for this command.`);
		this.name = 'OutputTooLarge';
	}
}
function transientReason(error) {
	if (error instanceof CommandTimedOut && isReadOnly(error.command)) return 'it did not end in time';
	return error instanceof CommandFailed ? error.transientReason : undefined;
}
function missingTool(error) {
	return error instanceof Error
		? /Unable to locate executable file: ([\w.-]+?)\.?(?:\s|$)/.exec(error.message)?.[1]
		: undefined;
}
function commandName(command) {
	return commandWords(command).join(' ');
}

// actions/shared/az-arguments.js
function readsFile(argument) {
	const value = argument.slice(argument.indexOf('=') + 1);
	return value.startsWith('@') && value.length > 1;
}
function isShorthand(value) {
	return /^(?:null|\?\?)$|^['"[{]/.test(value);
}

// actions/shared/mask.js

const SHORTEST_MASK = 6;
function maskSecret(value) {
	const lines = value
		.split(/[\r\n]+/)
		.map(line => line.trim())
		.filter(line => line !== '');
	const long = lines.filter(line => line.length >= SHORTEST_MASK);
	const whole = lines.length > 0 && long.length === lines.length;
	for (const text of whole ? [value] : long) setSecret(text);
	return whole;
}

// actions/shared/quote.js
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u200b\u2060\ufeff]/u;
const ANY_INVISIBLE = new RegExp(INVISIBLE, 'gu');
const MAX_LENGTH = 512;
function quote_quote(value) {
	const isLong = value.length > MAX_LENGTH;
	const text = isLong ? `${value.slice(0, MAX_LENGTH)}…` : value;
	const quoted = JSON.stringify(text).replace(
		ANY_INVISIBLE,
		character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
	return isLong ? `${quoted} (${value.length} characters)` : quoted;
}

// actions/shared/inputs.js

class InvalidInputs extends Error {
	problems;
	constructor(problems, heading = 'inputs are not valid') {
		super(
			problems.length === 1
				? problems[0]
				: `${problems.length} ${heading}:\n${problems.map(problem => `- ${problem}`).join('\n')}`,
		);
		this.name = 'InvalidInputs';
		this.problems = problems;
	}
}
function parseInputs(build, read = readInput) {
	const parser = new InputParser(read);
	const inputs = build(parser);
	if (parser.problems.length > 0) throw new InvalidInputs(parser.problems);
	return inputs;
}
const readInput = name => getInput(name, { trimWhitespace: false });
class InputParser {
	problems = [];
	#read;
	constructor(read) {
		this.#read = read;
	}
	required(name, rule) {
		const value = this.#line(name);
		if (value === '') return this.#addProblem(name, `is required. Set it to ${rule.what}: ${rule.valid}`, '');
		return value === undefined ? '' : this.#checkRule(name, value, rule);
	}
	optional(name, rule, defaultValue = '') {
		const value = this.#line(name);
		return value ? this.#checkRule(name, value, rule) : defaultValue;
	}
	text(name, rule, defaultValue = '') {
		const value = this.#visible(name);
		return value ? this.#checkRule(name, value, rule) : defaultValue;
	}
	oneOf(name, words) {
		const value = this.#line(name);
		if (!value) return words[0];
		const found = words.find(word => word === value);
		return (
			found ?? this.#addProblem(name, `is ${quote_quote(value)}. Valid values: ${words.join(', ')}`, words[0])
		);
	}
	boolean(name, defaultValue) {
		return this.oneOf(name, defaultValue ? ['true', 'false'] : ['false', 'true']) === 'true';
	}
	integer(name, { default: defaultValue, min, max }) {
		const value = this.#line(name);
		if (!value) return defaultValue;
		const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
		if (number >= min && number <= max) return number;
		return this.#addProblem(
			name,
			`is ${quote_quote(value)}. Valid values: whole numbers from ${min} to ${max}`,
			defaultValue,
		);
	}
	path(name, defaultValue = '') {
		return this.#line(name, '. For a file or folder with this name, begin with "./"') || defaultValue;
	}
	requiredPath(name) {
		const refused = this.problems.length;
		const value = this.path(name);
		return value === '' && this.problems.length === refused
			? this.#addProblem(name, 'is required. Set it to a path', '')
			: value;
	}
	secret(name) {
		const value = this.#read(name);
		maskSecret(value);
		return value;
	}
	keyValues(name, { key, value }) {
		const found = {};
		const seen = new Set();
		for (const [left, right] of this.pairs(name, 'key=value', key, value)) {
			if (seen.has(left.toLowerCase())) this.#addProblem(name, `contains ${quote_quote(left)} twice`, '');
			seen.add(left.toLowerCase());
			found[left] = right;
		}
		return found;
	}
	pairs(name, form, left, right) {
		const separator = /[^a-z-]/.exec(form)?.[0] ?? '';
		const lines = this.#read(name)
			.split(/\r?\n/)
			.map(line => line.trim())
			.filter(line => line !== '' && !line.startsWith('#'));
		return lines.flatMap(line => {
			const at = line.indexOf(separator);
			if (at < 1)
				return this.#addProblem(name, `has the line ${quote_quote(line)}. Valid lines: ${form}`, []);
			const [one, other] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
			return [[this.#checkRule(name, one, left), this.#checkRule(name, other, right)]];
		});
	}
	problem(text) {
		this.problems.push(text);
	}
	#line(name, remedy = '') {
		const value = this.#visible(name);
		if (value === undefined) return undefined;
		const refuse = problem =>
			this.#addProblem(name, `is ${quote_quote(value)}. It must not ${problem}`, undefined);
		if (value.startsWith('-')) return refuse(`start with "-": az and kubectl read it as an option${remedy}`);
		if (value.startsWith('@'))
			return refuse(`start with "@": az replaces such an argument with the content of a file${remedy}`);
		if (readsFile(value))
			return refuse(
				'contain "@" after its first "=": az replaces the part after it with the content of a file',
			);
		return value;
	}
	#visible(name) {
		const value = this.#read(name).trim();
		if (!INVISIBLE.test(value)) return value;
		return this.#addProblem(
			name,
			`is ${quote_quote(value)}. Remove line breaks, control characters, and invisible characters`,
			undefined,
		);
	}
	#checkRule(name, value, rule) {
		if (rule.accepts(value)) return value;
		return this.#addProblem(
			name,
			`is ${quote_quote(value)}, which is not ${rule.what}. Valid: ${rule.valid} (${rule.link})`,
			value,
		);
	}
	#addProblem(name, problem, placeholder) {
		this.problems.push(`${name} ${problem}`);
		return placeholder;
	}
}

// external "node:crypto"
const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:crypto');

// actions/shared/log.js

const log = {
	info: text => info(harmless(text)),
	warning: text => warning(harmless(text)),
};
const LONGEST_LINE = 4096;
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
function harmless(text) {
	return text
		.split(/\r\n|\r|\n/)
		.map(harmlessLine)
		.join('\n');
}
function harmlessLine(line) {
	const plain = line.replace(ANSI, '').replace(CONTROL, '');
	const cut =
		plain.length > LONGEST_LINE ? `${plain.slice(0, LONGEST_LINE)} … (${plain.length} characters)` : plain;
	return cut.replaceAll('##[', '##\u200b[').replace(/^([\s\p{Cf}]*)::/u, '$1:\u200b:');
}
class BoundedPrinter {
	#print;
	#most;
	#last = [];
	#printed = 0;
	#leftOut = 0;
	constructor(print, most = 2000) {
		this.#print = print;
		this.#most = most;
	}
	take(line) {
		if (this.#printed < this.#most) {
			this.#printed++;
			this.#print(line);
			return;
		}
		if (this.#leftOut === 0 && this.#last.length === 0)
			this.#print(
				`… ${this.#most} lines were printed. Of the others, the last ${LAST_LINES} follow at the end.`,
			);
		this.#last.push(line);
		if (this.#last.length <= LAST_LINES) return;
		this.#last.shift();
		this.#leftOut++;
	}
	end() {
		if (this.#leftOut > 0) this.#print(`… ${this.#leftOut} lines left out`);
		for (const line of this.#last.splice(0)) this.#print(line);
		this.#leftOut = 0;
	}
}
const LAST_LINES = 20;
const LONGEST_TEXT = 64 * 1024;
const bounded = text => harmless(bothEnds(text, LONGEST_TEXT));
function printUntrusted(title, text, write = line => info(line)) {
	const token = (0, external_node_crypto_namespaceObject.randomUUID)();
	write(`::group::${harmless(title).replaceAll('\n', ' ')}`);
	write(`::stop-commands::${token}`);
	for (const line of bounded(text).split('\n')) write(`| ${line}`);
	write(`::${token}::`);
	write('::endgroup::');
}
function bothEnds(text, most) {
	if (text.length <= most) return text;
	const half = Math.floor(most / 2);
	return `${text.slice(0, half)}\n… (${text.length - 2 * half} characters)\n${text.slice(-half)}`;
}

// actions/shared/retry.js

class TimedOut extends Error {
	what;
	state;
	constructor(what, waited, state) {
		super(`${what}: timed out after ${duration(waited)}; last state: ${state}`);
		this.name = 'TimedOut';
		this.what = what;
		this.state = state;
	}
}
function* waits({ firstWaitSeconds = 1, longestWaitSeconds = 15, random = Math.random }) {
	for (let seconds = firstWaitSeconds; ; seconds = Math.min(seconds * 1.5, longestWaitSeconds)) {
		yield seconds * 1000 * (0.8 + 0.4 * random());
	}
}
function attemptsWithin(options) {
	let [attempts, left] = [1, options.timeoutSeconds * 1000];
	for (const wait of waits({ ...options, random: () => 0.5 })) {
		left -= wait;
		if (left < 0) break;
		attempts++;
	}
	return attempts;
}
async function retry_retry(options, attempt) {
	const { what, timeoutSeconds, transient, time, log } = options;
	const start = time.now();
	const most = Math.min(attemptsWithin(options), options.maxAttempts ?? Number.POSITIVE_INFINITY);
	let tries = 0;
	for (const wait of waits(options)) {
		try {
			tries++;
			return await attempt();
		} catch (error) {
			const reason = transient(error);
			if (reason === undefined) throw error;
			const failed = `${what}: attempt ${tries} of ${most} failed: ${reason}.`;
			if (tries >= most || time.now() - start + wait > timeoutSeconds * 1000) {
				log.info(`${failed} Given up after ${duration(time.now() - start)}.`);
				throw error;
			}
			log.info(`${failed} Trying again in ${duration(wait)}.`);
			await time.sleep(wait);
		}
	}
	throw new Error('unreachable: the waits never end');
}
const REPORT_EVERY = 60_000;
async function poll(options, read) {
	const { what, goesOn, log } = options;
	try {
		return await pollUntilValue(options, read);
	} catch (error) {
		if (goesOn && error instanceof Interrupted) log.warning(`${what}: ${goesOn}.`);
		throw error;
	}
}
async function pollUntilValue(options, read) {
	const { what, timeoutSeconds, time, log } = options;
	const start = time.now();
	let reported = { state: '', at: start };
	for (const wait of waits(options)) {
		const found = await read();
		if ('value' in found) return found.value;
		const now = time.now();
		if (now - start + wait > timeoutSeconds * 1000) throw new TimedOut(what, now - start, found.state);
		if (found.state !== reported.state || now - reported.at >= REPORT_EVERY) {
			reported = { state: found.state, at: now };
			log.info(`${what}: ${found.state} (${duration(now - start)})`);
		}
		await time.sleep(wait);
	}
	throw new Error('unreachable: the waits never end');
}

// actions/shared/failures.js

class ActionFailed extends Error {
	remedy;
	link;
	outputs;
	constructor(what, remedy, link, outputs = {}) {
		super(what);
		this.name = 'ActionFailed';
		this.remedy = remedy;
		this.link = link;
		this.outputs = outputs;
	}
}
function describeFailure(error, reader = 'workflow') {
	if (error instanceof InvalidInputs) return error.message;
	if (error instanceof Interrupted) return describeInterruption(error);
	if (error instanceof ActionFailed)
		return paragraphs(error.message, `What to do: ${error.remedy}`, error.link);
	if (error instanceof TimedOut)
		return paragraphs(
			error.message,
			'What to do: run this step again; it continues from what exists. To wait longer, set the input timeout-minutes or retry-minutes.',
		);
	if (error instanceof CommandFailed) return describeCommand(error, reader);
	const text = error instanceof Error ? error.message : String(error);
	const missing = missingTool(error);
	if (missing)
		return paragraphs(
			`${missing} was not found on PATH.`,
			`What to do: install ${missing}. GitHub's hosted Ubuntu runners include it.`,
		);
	return harmless(text);
}
function describeInterruption({ message, cutOff }) {
	const changes = cutOff.filter(command => command[0] === 'az' && !isReadOnly(command));
	if (changes.length === 0) return message;
	return paragraphs(
		message,
		'Azure might continue what these commands began:',
		...changes.map(command => `\`${harmless(command.join(' '))}\``),
		'What to do: run this step again; it continues from what exists. Or delete what is left with delete-lab.',
	);
}
function describeCommand(error, reader) {
	const { command, exitCode, errorText } = error;
	const ending = `\`${command.join(' ')}\` failed with exit code ${exitCode}:`;
	const failed = `${ending}\n${harmless(shortened(errorText)) || '(it printed no error)'}`;
	const known = reader === 'terminal' ? error.explanationInTerminal : error.explanation;
	return known ? paragraphs(known.cause, `What to do: ${known.remedy}`, known.link, failed) : failed;
}
const MOST_LINES = 30;
function shortened(text) {
	const lines = text.trim().split('\n');
	if (lines.length <= MOST_LINES) return lines.join('\n');
	const left = lines.length - MOST_LINES;
	return [...lines.slice(0, MOST_LINES / 2), `… (${left} lines)`, ...lines.slice(-MOST_LINES / 2)].join('\n');
}
function paragraphs(...parts) {
	return parts.filter(part => part !== undefined && part !== '').join('\n');
}

// external "node:path"
const external_node_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:path');

// external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:fs');

// external "node:fs/promises"
const external_node_fs_promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)(
	'node:fs/promises',
);

// actions/shared/runner-files.js

function runner_files_jobFolder(temporary) {
	return (0, external_node_path_namespaceObject.join)(temporary, 'workload-identity-lab');
}
async function makeJobFolder(temporary) {
	const folder = runner_files_jobFolder(temporary);
	await (0, external_node_fs_promises_namespaceObject.mkdir)(folder, { mode: 0o700 }).catch(error => {
		if (error.code !== 'EEXIST') throw error;
	});
	return folder;
}
async function appendText(file, text) {
	const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDWR } = external_node_fs_namespaceObject.constants;
	const handle = await (0, external_node_fs_promises_namespaceObject.open)(
		file,
		O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK,
		0o600,
	);
	try {
		const stats = await handle.stat();
		const isCutOff =
			stats.isFile() &&
			stats.size > 0 &&
			(await handle.read(Buffer.alloc(1), 0, 1, stats.size - 1)).buffer.toString() !== '\n';
		await handle.write(`${isCutOff ? '\n' : ''}${text}`);
	} finally {
		await handle.close();
	}
}
async function sizeOf(file) {
	const { O_NONBLOCK, O_RDONLY } = external_node_fs_namespaceObject.constants;
	const handle = await (0, external_node_fs_promises_namespaceObject.open)(file, O_RDONLY | O_NONBLOCK).catch(
		() => undefined,
	);
	try {
		return (await handle?.stat())?.size ?? 0;
	} finally {
		await handle?.close();
	}
}
async function runner_files_readEnd(file, most) {
	const { O_NONBLOCK, O_RDONLY } = external_node_fs_namespaceObject.constants;
	const handle = await (0, external_node_fs_promises_namespaceObject.open)(file, O_RDONLY | O_NONBLOCK);
	try {
		const stats = await handle.stat();
		if (!stats.isFile()) throw new Error(`"${file}" is not a regular file.`);
		const length = Math.min(stats.size, most);
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, stats.size - length);
		return buffer.toString('utf8', 0, bytesRead);
	} finally {
		await handle.close();
	}
}

// actions/shared/journal.js

const FILE = 'stages.jsonl';
async function recordStage(stage, folder) {
	const file = (0, external_node_path_namespaceObject.join)(await makeJobFolder(folder), FILE);
	await appendText(file, `${JSON.stringify(stage)}\n`);
}
const MOST_BYTES = /* unused pure expression or super */ null && 16 * 1024 * 1024;
async function readStages(folder, warn = () => {}) {
	const file = join(jobFolder(folder), FILE);
	let lines;
	try {
		lines = (await readEnd(file, MOST_BYTES)).split('\n').filter(line => line.trim() !== '');
	} catch (error) {
		if (error.code !== 'ENOENT') warn(`The journal of this job could not be read: ${error.message}`);
		return [];
	}
	const stages = lines.flatMap(line => parseStage(line) ?? []);
	if (stages.length < lines.length)
		warn(`${lines.length - stages.length} lines of "${file}" are not stages of this job and were skipped.`);
	return stages;
}
function parseStage(line) {
	try {
		const stage = JSON.parse(line);
		return isStage(stage) ? stage : undefined;
	} catch {
		return undefined;
	}
}
function isStage(value) {
	if (!isRecord(value)) return false;
	const { action, started, ended, outcome, steps, failure, facts } = value;
	return (
		typeof action === 'string' &&
		isTime(started) &&
		isTime(ended) &&
		['success', 'failure', 'cancelled'].some(each => each === outcome) &&
		Array.isArray(steps) &&
		steps.every(isRow) &&
		(failure === undefined || typeof failure === 'string') &&
		isRecord(facts) &&
		(facts.trustChain === undefined || (Array.isArray(facts.trustChain) && facts.trustChain.every(isRecord)))
	);
}
function isRow(value) {
	if (!isRecord(value)) return false;
	const { what, name, outcome, took } = value;
	return [what, name, outcome].every(each => typeof each === 'string') && Number.isFinite(took);
}
function isTime(value) {
	return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
function isRecord(value) {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:os');

// actions/shared/naming-rules.js

const AZURE_NAMES = 'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules';
const KUBERNETES_NAMES = 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/';
function rule(what, valid, link, ...patterns) {
	return { what, valid, link, accepts: value => patterns.every(pattern => pattern.test(value)) };
}
function azureRule(what, valid, link, ...patterns) {
	const { accepts } = rule(what, valid, link, ...patterns);
	return {
		what,
		valid: `${valid}; "null" is not valid, because az reads it as no value`,
		link,
		accepts: value => accepts(value) && !isShorthand(value),
	};
}
const MIXED_SCRIPTS =
	/\p{Script=Latin}.*[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}].*\p{Script=Latin}/u;
const resourceGroup = azureRule(
	'a resource group name',
	'1–90 letters, digits, underscores, parentheses, hyphens and full stops, not ending with a full stop; full-width characters, and Cyrillic or Greek letters beside Latin ones, are not valid, because they look like another name',
	`${AZURE_NAMES}#microsoftresources`,
	/^[\p{L}\p{Nd}_().-]{1,90}$/u,
	/^[^\u{10000}-\u{10ffff}]*$/u,
	/[^.]$/,
);
const resourceGroupName = {
	...resourceGroup,
	accepts: value =>
		resourceGroup.accepts(value) && value.normalize('NFKC') === value && !MIXED_SCRIPTS.test(value),
};
const locationName = azureRule(
	'an Azure location',
	'the short name of a region, such as eastus or westeurope',
	'https://learn.microsoft.com/azure/reliability/regions-list',
	/^[a-z][a-z0-9]{2,39}$/,
);
const clusterName = azureRule(
	'an AKS cluster name',
	'1–63 letters, digits, underscores and hyphens, starting and ending with a letter or digit',
	`${AZURE_NAMES}#microsoftcontainerservice`,
	/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/,
);
const naming_rules_vmSize = azureRule(
	'a virtual machine size for AKS nodes',
	'Standard_ and the name of a size with at least two vCPUs, such as Standard_D4ds_v5',
	'https://learn.microsoft.com/azure/aks/quotas-skus-regions#restricted-vm-sizes',
	/^Standard_[A-Za-z]+\d[A-Za-z0-9_-]{0,50}$/i,
	/^Standard_(?![A-Za-z]+[01](?!\d))/i,
);
const kubernetesVersion = rule(
	'a Kubernetes version',
	'MAJOR.MINOR or MAJOR.MINOR.PATCH, such as 1.34',
	'https://learn.microsoft.com/azure/aks/supported-kubernetes-versions',
	/^\d+\.\d+(?:\.\d+)?$/,
);
const identityName = azureRule(
	'a managed identity name',
	'3–128 letters, digits, underscores and hyphens, starting with a letter or digit',
	`${AZURE_NAMES}#microsoftmanagedidentity`,
	/^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/,
);
const federatedCredentialName = azureRule(
	'a federated credential name',
	'3–120 letters, digits, underscores and hyphens, starting with a letter or digit',
	'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations',
	/^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/,
);
const vaultName = azureRule(
	'a key vault name',
	'3–24 letters, digits and single hyphens, starting with a letter and ending with a letter or digit',
	`${AZURE_NAMES}#microsoftkeyvault`,
	/^[A-Za-z](?:-?[A-Za-z0-9])+$/,
	/^.{3,24}$/,
);
const secretName = azureRule(
	'a key vault secret name',
	'1–127 letters, digits and hyphens',
	'https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning',
	/^[A-Za-z0-9-]{1,127}$/,
);
const registryName = azureRule(
	'a container registry name',
	'5–50 letters and digits',
	`${AZURE_NAMES}#microsoftcontainerregistry`,
	/^[A-Za-z0-9]{5,50}$/,
);
const IMAGE_NAMES = 'https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests';
const imageRepository = rule(
	'an image repository',
	'path components of lower-case letters and digits, separated inside by . _ __ or hyphens and between by /, at most 255 characters',
	IMAGE_NAMES,
	/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
	/^.{1,255}$/,
);
const imageTag = rule(
	'an image tag',
	'1–128 letters, digits, underscores, full stops and hyphens, starting with a letter, digit or underscore',
	IMAGE_NAMES,
	/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
);
const imageByDigest = rule(
	'an image by its digest',
	'REGISTRY/REPOSITORY@sha256: and 64 hexadecimal digits',
	IMAGE_NAMES,
	/^[a-z0-9.-]+(?::\d+)?\/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$/,
);
const dnsLabel = rule(
	'a DNS label',
	'1–63 lower-case letters, digits and hyphens, starting and ending with a letter or digit',
	`${KUBERNETES_NAMES}#dns-label-names`,
	/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
);
const dnsSubdomain = rule(
	'a DNS subdomain name',
	'at most 253 lower-case letters, digits, hyphens and full stops, each part starting and ending with a letter or digit',
	`${KUBERNETES_NAMES}#dns-subdomain-names`,
	/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
	/^.{1,253}$/,
);
const guid = rule(
	'a GUID',
	'hexadecimal digits in groups of 8-4-4-4-12',
	'https://www.rfc-editor.org/rfc/rfc9562#section-4',
	/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
);
const sha256Digest = rule(
	'a SHA-256 digest',
	'64 lower-case hexadecimal digits',
	'https://www.rfc-editor.org/rfc/rfc6234',
	/^[0-9a-f]{64}$/,
);
const issuerUrl = {
	what: 'an OIDC issuer URL',
	valid:
		'an https URL of a host name, a port and a path of letters, digits and - . _ ~ %, exactly as in the cluster, including the trailing slash',
	link: 'https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata',
	accepts: value =>
		/^https:\/\/[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:\/[A-Za-z0-9._~%-]*)*$/.test(
			value,
		) && URL.canParse(value),
};
const TAGS = 'https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations';
const tagName = rule(
	'a tag name',
	'1–512 characters other than < > % & \\ ? / = and blanks, starting with a letter or digit',
	TAGS,
	/^[\p{L}\p{N}][^<>%&\\?/=\s\p{C}]{0,511}$/u,
);
const tagValue = {
	what: 'a tag value',
	valid:
		'at most 256 characters; not null, not ??, and not starting with @ [ { or a quote, which az would interpret',
	link: TAGS,
	accepts: value =>
		/^[^\p{C}\p{Zl}\p{Zp}]{0,256}$/u.test(value) && !value.startsWith('@') && !isShorthand(value),
};
const labName = azureRule(
	'a lab name',
	'5-24 lower-case letters and digits, starting with a letter, without the words that Azure reserves (microsoft, windows; at the start login, xbox)',
	'https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name',
	/^[a-z][a-z0-9]{4,23}$/,
	/^(?!login|xbox|.*(?:microsoft|windows))/,
);

// actions/shared/account.js

const NO_ID_TOKEN = `client-id is set, but GitHub issues no ID token to this job. Add this to the job (GitHub never issues one to a pull request from a fork):
    permissions:
      contents: read
      id-token: write`;
function accountInputs(input, environment) {
	const inputs = {
		subscriptionId: input.optional('subscription-id', guid),
		tenantId: input.optional('tenant-id', guid),
		clientId: input.optional('client-id', guid),
		retrySeconds: 60 * input.integer('retry-minutes', { default: 15, min: 0, max: 60 }),
		temporaryFolder: environment.RUNNER_TEMP,
	};
	if (inputs.clientId && !inputs.tenantId)
		input.problem('tenant-id is required if client-id is set. Set it to the tenant to log in to');
	const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
	if (inputs.clientId && !(url && token)) input.problem(NO_ID_TOKEN);
	return inputs;
}
function currentCloud(az) {
	return az(['cloud', 'show']);
}
function exchangeAudience(cloudName) {
	const audiences = {
		AzureUSGovernment: 'api://AzureADTokenExchangeUSGov',
		AzureChinaCloud: 'api://AzureADTokenExchangeChina',
	};
	return audiences[cloudName] ?? 'api://AzureADTokenExchange';
}

// actions/shared/az-configuration.js

const LOGIN_FILES = [
	'azureProfile.json',
	...['msal_token_cache.json', 'msal_token_cache.bin'],
	...['service_principal_entries.json', 'service_principal_entries.bin'],
	...['clouds.config', 'cloudEndpoints.json', 'versionCheck.json'],
];
const KEPT_SETTINGS = [
	['cloud', 'name'],
	['core', 'encrypt_token_cache'],
	['core', 'instance_discovery'],
];
async function azEnvironment(environment) {
	const own = (0, external_node_path_namespaceObject.resolve)(
		environment.AZURE_CONFIG_DIR ||
			(0, external_node_path_namespaceObject.join)((0, external_node_os_namespaceObject.homedir)(), '.azure'),
	);
	const directory = await privateDirectory(own, environment.RUNNER_TEMP);
	const settings = readSettings(
		await (0, external_node_fs_promises_namespaceObject.readFile)(
			(0, external_node_path_namespaceObject.join)(own, 'config'),
			'utf8',
		).catch(() => ''),
	);
	const kept = KEPT_SETTINGS.map(([section, option]) => {
		const name = `AZURE_${section}_${option}`.toUpperCase();
		return [name, environment[name] ?? settings.get(`${section}.${option}`)];
	});
	const overrides = Object.keys(environment).filter(
		name => /^AZURE_/i.test(name) && !KEPT_VARIABLES.includes(name),
	);
	return {
		...Object.fromEntries(overrides.map(name => [name, undefined])),
		...Object.fromEntries(kept),
		AZURE_CONFIG_DIR: directory,
		AZURE_CORE_COLLECT_TELEMETRY: 'no',
		AZURE_CORE_NO_COLOR: 'yes',
		AZURE_EXTENSION_SYS_DIR: (0, external_node_path_namespaceObject.join)(directory, 'cliextensions'),
		AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
		...ENGLISH,
	};
}
const KEPT_VARIABLES = ['AZURE_HTTP_USER_AGENT'];
const ENGLISH = {
	LC_ALL: process.platform === 'linux' ? 'C.UTF-8' : 'en_US.UTF-8',
	LANGUAGE: undefined,
};
const directories = new Map();
const exempted = new Set();
function useAsItIs(directory) {
	exempted.add((0, external_node_path_namespaceObject.resolve)(directory));
}
function privateDirectory(own, temporary) {
	if (exempted.has(own)) return Promise.resolve(own);
	const key = `${temporary ?? ''}\n${own}`;
	const known = directories.get(key) ?? createDirectory(own, temporary);
	directories.set(key, known);
	return known;
}
async function createDirectory(own, temporary) {
	const directory = await (temporary ? ofTheJob(own, temporary) : ofThisProcess());
	await (0, external_node_fs_promises_namespaceObject.mkdir)(own, { recursive: true, mode: 0o700 });
	for (const file of LOGIN_FILES) {
		await (0, external_node_fs_promises_namespaceObject.symlink)(
			(0, external_node_path_namespaceObject.join)(own, file),
			(0, external_node_path_namespaceObject.join)(directory, file),
		).catch(error => {
			if (error.code !== 'EEXIST') throw unusable(directory, error.message);
		});
	}
	return directory;
}
async function ofTheJob(own, temporary) {
	const directory = (0, external_node_path_namespaceObject.join)(
		temporary,
		`az-${(0, external_node_crypto_namespaceObject.createHash)('sha256').update(own).digest('hex').slice(0, 16)}`,
	);
	await (0, external_node_fs_promises_namespaceObject.mkdir)(directory, { mode: 0o700 }).catch(error => {
		if (error.code !== 'EEXIST') throw unusable(directory, error.message);
	});
	const found = await (0, external_node_fs_promises_namespaceObject.lstat)(directory);
	const mine = process.getuid === undefined || found.uid === process.getuid();
	if (!found.isDirectory() || !mine)
		throw unusable(directory, found.isDirectory() ? 'another user owns it' : 'it is not a directory');
	return directory;
}
async function ofThisProcess() {
	const directory = await (0, external_node_fs_promises_namespaceObject.mkdtemp)(
		(0, external_node_path_namespaceObject.join)((0, external_node_os_namespaceObject.tmpdir)(), 'az-'),
	);
	process.once('exit', () =>
		(0, external_node_fs_namespaceObject.rmSync)(directory, { recursive: true, force: true }),
	);
	return directory;
}
function unusable(directory, reason) {
	return new ActionFailed(
		`The configuration directory for az, ${quote_quote(directory)}, cannot be used: ${reason}.`,
		'run the job on Linux or macOS with a temporary folder (RUNNER_TEMP) that this user can write to, and remove the file or directory with this name.',
		'https://learn.microsoft.com/cli/azure/azure-cli-configuration',
	);
}
function readSettings(text) {
	const settings = new Map();
	let section = '';
	for (const line of text.split(/\r?\n/)) {
		const heading = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
		if (heading !== undefined) section = heading;
		const [, option, value] = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
		if (heading === undefined && option) settings.set(`${section}.${option.toLowerCase()}`, value ?? '');
	}
	return settings;
}

// actions/shared/private-file.js

async function inPrivateFile(content, folder, work) {
	const own = await makePrivateFolder(folder ?? (0, external_node_os_namespaceObject.tmpdir)());
	try {
		const file = (0, external_node_path_namespaceObject.join)(own, 'content');
		await (0, external_node_fs_promises_namespaceObject.writeFile)(file, content, { mode: 0o600 });
		return await work(file);
	} finally {
		await (0, external_node_fs_promises_namespaceObject.rm)(own, { recursive: true, force: true });
	}
}
async function makePrivateFolder(parent) {
	try {
		return await (0, external_node_fs_promises_namespaceObject.mkdtemp)(
			(0, external_node_path_namespaceObject.join)(parent, 'private-'),
		);
	} catch (error) {
		throw new ActionFailed(
			`A private file for a secret could not be created in ${quote_quote(parent)}: ${error.message}`,
			'set the temporary folder of the runner (RUNNER_TEMP) to an existing folder that this user can write to, on a disk with free space.',
		);
	}
}

// actions/shared/login.js

const folders = [];
async function logIn(account, { az, time, log }) {
	const { name: cloud } = await currentCloud(az);
	const { AZURE_CONFIG_DIR: previous = '' } = await azEnvironment(process.env);
	let shown;
	const folder = await retry_retry(
		{
			what: `Login as ${account.clientId}`,
			timeoutSeconds: account.retrySeconds,
			firstWaitSeconds: 5,
			longestWaitSeconds: 30,
			time,
			log,
			transient: notVisibleYet,
		},
		async () => {
			const token = await idToken(exchangeAudience(cloud));
			const subject = subjectOf(token);
			if (subject !== shown)
				log.info(
					`Login as ${account.clientId}: GitHub's token has the subject ${quote_quote(subject ?? '')}.`,
				);
			shown = subject;
			return logInAside(account, token, cloud, previous, az);
		},
	);
	folders.push(folder);
	useAsItIs(folder);
	process.env.AZURE_CONFIG_DIR = folder;
}
async function endLogins() {
	for (const folder of folders.splice(0))
		await (0, external_node_fs_promises_namespaceObject.rm)(folder, { recursive: true, force: true });
}
async function logInAside(
	{ clientId, tenantId, subscriptionId, temporaryFolder },
	token,
	cloud,
	previous,
	az,
) {
	const folder = await (0, external_node_fs_promises_namespaceObject.mkdtemp)(
		(0, external_node_path_namespaceObject.join)(
			temporaryFolder ?? (0, external_node_os_namespaceObject.tmpdir)(),
			'azure-',
		),
	);
	const options = { env: { AZURE_CONFIG_DIR: folder }, once: true };
	try {
		await prepareFolder(folder, cloud, previous);
		const subscriptions = await inPrivateFile(token, folder, file =>
			az(
				[
					...['login', '--service-principal', '--username', clientId, '--tenant', tenantId],
					...['--federated-token', `@${file}`],
				],
				options,
			),
		);
		if (subscriptionId && !subscriptions.some(({ id, isDefault }) => isDefault && id === subscriptionId))
			await az(['account', 'set', '--subscription', subscriptionId], options);
		return folder;
	} catch (error) {
		await (0, external_node_fs_promises_namespaceObject.rm)(folder, { recursive: true, force: true });
		throw error;
	}
}
function subjectOf(token) {
	try {
		return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')).sub;
	} catch {
		return undefined;
	}
}
async function prepareFolder(folder, cloud, previous) {
	if (cloud !== 'AzureCloud')
		await (0, external_node_fs_promises_namespaceObject.writeFile)(
			(0, external_node_path_namespaceObject.join)(folder, 'config'),
			`[cloud]\nname = ${cloud}\n`,
		);
	for (const file of ['clouds.config', 'commandIndex.json', 'versionCheck.json'])
		await (0, external_node_fs_promises_namespaceObject.copyFile)(
			(0, external_node_path_namespaceObject.join)(previous, file),
			(0, external_node_path_namespaceObject.join)(folder, file),
		).catch(() => {});
}
function notVisibleYet(error) {
	if (error instanceof NoIdToken) return error.canPass ? error.message : undefined;
	if (!(error instanceof CommandFailed)) return undefined;
	const reason = error.transientLoginReason;
	if (!reason) return undefined;
	const code = /AADSTS\d+/.exec(error.errorText)?.[0];
	const { claim, value } = error.details('presented-assertion');
	const detail = [code, claim && `${claim} "${value}"`].filter(Boolean).join(', ');
	return detail ? `${reason} (${detail})` : reason;
}
class NoIdToken extends ActionFailed {
	canPass;
	constructor(cause) {
		const text = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ').trim();
		super(
			`GitHub issued no ID token: ${text}`,
			'set permissions: id-token: write for the job.',
			'https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-azure',
		);
		const status = Number(/Error Code ?: ?(\d{3})/.exec(text)?.[1] ?? 0);
		this.canPass = status < 400 || status === 408 || status === 429 || status >= 500;
	}
}
function idToken(audience) {
	return getIDToken(audience).catch(error => {
		throw new NoIdToken(error);
	});
}
function loginExpired(error) {
	return command_errors_failedWith(error, 'login-expired');
}
function withFreshLogin(logInAgain) {
	let logins = 0;
	let current;
	const renew = () => {
		current ??= logInAgain().finally(() => {
			logins++;
			current = undefined;
		});
		return current;
	};
	return async (work, mayRepeat = () => true) => {
		const before = logins;
		try {
			return await work();
		} catch (error) {
			if (!loginExpired(error) || !mayRepeat()) throw error;
			if (logins === before) await renew();
			return await work();
		}
	};
}

// actions/shared/report.js

const report_created = value => ({ outcome: 'created', value });
const changed = value => ({ outcome: 'changed', value });
const fetched = value => ({ outcome: 'fetched', value });
const deleted = value => ({ outcome: 'deleted', value });
const alreadyGone = value => ({ outcome: 'already gone', value });
const report_alreadyThere = value => ({ outcome: 'already there', value });
class Report {
	rows = [];
	facts = {};
	#sections = [];
	#time;
	#log;
	constructor(time, log) {
		this.#time = time;
		this.#log = log;
	}
	async step(what, name, work) {
		const start = this.#time.now();
		const record = outcome => {
			const took = this.#time.now() - start;
			this.rows.push({ what, name, outcome, took });
			this.#log.info(`${what} ${name}: ${outcome} (${duration(took)})`);
		};
		try {
			const { outcome, value } = await work();
			record(outcome);
			return value;
		} catch (error) {
			record('failed');
			throw error;
		}
	}
	add(markdown) {
		this.#sections.push(markdown);
	}
	markdown(action, failure, mostBytes = MOST_SUMMARY_BYTES) {
		const rows = this.rows.map(
			row => `| ${cell(row.what)} | ${cell(row.name)} | ${row.outcome} | ${duration(row.took)} |`,
		);
		const table = ['| What | Name | Outcome | Took |', '|---|---|---|---:|', ...rows].join('\n');
		const heading = `### ${action}\n`;
		const failed = failure ? `**Failed**\n\n${preformatted(failure)}\n` : undefined;
		let left = mostBytes - Buffer.byteLength(heading) - Buffer.byteLength(failed ?? '') - ROOM_FOR_NOTES;
		const fitting = [...(rows.length > 0 ? [table] : []), ...this.#sections].map(section => {
			const bytes = Buffer.byteLength(section) + 2;
			if (bytes > left) return `_Left out: ${bytes} bytes. GitHub accepts 1 MiB of summary per step._\n`;
			left -= bytes;
			return `${section}\n`;
		});
		return [heading, ...fitting, ...(failed ? [failed] : []), ''].join('\n');
	}
	async write(action, failure) {
		const { GITHUB_STEP_SUMMARY: file } = process.env;
		if (!file) return;
		if (this.rows.length === 0 && this.#sections.length === 0 && !failure) return;
		await appendText(file, this.markdown(action, failure, MOST_SUMMARY_BYTES - (await sizeOf(file))));
	}
}
const MOST_SUMMARY_BYTES = 1024 * 1024;
const ROOM_FOR_NOTES = 2048;
const report_LONGEST_TEXT = 16 * 1024;
function preformatted(text) {
	const safe = harmless(bothEnds(text, report_LONGEST_TEXT));
	return `<pre>${safe.replace(/[&<>@#]/g, character => `&#${character.charCodeAt(0)};`)}</pre>`;
}
function cell(text) {
	return harmless(text)
		.replaceAll('\n', ' ')
		.replace(/[@#](?!sha256:)|www(?=\.)/gi, '$&\u200b')
		.replace(/[&<>\\`*_{}[\]()#+!|~@:-]/g, character =>
			'&<>'.includes(character) ? `&#${character.charCodeAt(0)};` : `\\${character}`,
		);
}

// external "node:async_hooks"
const external_node_async_hooks_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)(
	'node:async_hooks',
);

// external "node:diagnostics_channel"
const external_node_diagnostics_channel_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)(
	'node:diagnostics_channel',
);

// external "node:string_decoder"
const external_node_string_decoder_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)(
	'node:string_decoder',
);

// external "string_decoder"
const external_string_decoder_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)(
	'string_decoder',
);

// external "events"
const external_events_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('events');

// external "child_process"
const external_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)(
	'child_process',
);

// external "assert"
const external_assert_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('assert');

// node_modules/@actions/io/lib/io-util.js
var io_util_awaiter =
	(undefined && undefined.__awaiter) ||
	function (thisArg, _arguments, P, generator) {
		function adopt(value) {
			return value instanceof P
				? value
				: new P(function (resolve) {
						resolve(value);
					});
		}
		return new (P || (P = Promise))(function (resolve, reject) {
			function fulfilled(value) {
				try {
					step(generator.next(value));
				} catch (e) {
					reject(e);
				}
			}
			function rejected(value) {
				try {
					step(generator['throw'](value));
				} catch (e) {
					reject(e);
				}
			}
			function step(result) {
				result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
			}
			step((generator = generator.apply(thisArg, _arguments || [])).next());
		});
	};

const {
	chmod,
	copyFile,
	lstat,
	mkdir,
	open: io_util_open,
	readdir,
	rename,
	rm,
	rmdir,
	stat,
	symlink,
	unlink,
} = external_fs_namespaceObject.promises;
const IS_WINDOWS = process.platform === 'win32';
function readlink(fsPath) {
	return io_util_awaiter(this, void 0, void 0, function* () {
		const result = yield fs.promises.readlink(fsPath);
		if (IS_WINDOWS && !result.endsWith('\\')) {
			return `${result}\\`;
		}
		return result;
	});
}
const UV_FS_O_EXLOCK = 0x10000000;
const READONLY = external_fs_namespaceObject.constants.O_RDONLY;
function exists(fsPath) {
	return io_util_awaiter(this, void 0, void 0, function* () {
		try {
			yield stat(fsPath);
		} catch (err) {
			if (err.code === 'ENOENT') {
				return false;
			}
			throw err;
		}
		return true;
	});
}
function isDirectory(fsPath_1) {
	return io_util_awaiter(this, arguments, void 0, function* (fsPath, useStat = false) {
		const stats = useStat ? yield stat(fsPath) : yield lstat(fsPath);
		return stats.isDirectory();
	});
}
function isRooted(p) {
	p = normalizeSeparators(p);
	if (!p) {
		throw new Error('isRooted() parameter "p" cannot be empty');
	}
	if (IS_WINDOWS) {
		return p.startsWith('\\') || /^[A-Z]:/i.test(p);
	}
	return p.startsWith('/');
}
function tryGetExecutablePath(filePath, extensions) {
	return io_util_awaiter(this, void 0, void 0, function* () {
		let stats = undefined;
		try {
			stats = yield stat(filePath);
		} catch (err) {
			if (err.code !== 'ENOENT') {
				console.log(
					`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`,
				);
			}
		}
		if (stats && stats.isFile()) {
			if (IS_WINDOWS) {
				const upperExt = external_path_namespaceObject.extname(filePath).toUpperCase();
				if (extensions.some(validExt => validExt.toUpperCase() === upperExt)) {
					return filePath;
				}
			} else {
				if (isUnixExecutable(stats)) {
					return filePath;
				}
			}
		}
		const originalFilePath = filePath;
		for (const extension of extensions) {
			filePath = originalFilePath + extension;
			stats = undefined;
			try {
				stats = yield stat(filePath);
			} catch (err) {
				if (err.code !== 'ENOENT') {
					console.log(
						`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`,
					);
				}
			}
			if (stats && stats.isFile()) {
				if (IS_WINDOWS) {
					try {
						const directory = external_path_namespaceObject.dirname(filePath);
						const upperName = external_path_namespaceObject.basename(filePath).toUpperCase();
						for (const actualName of yield readdir(directory)) {
							if (upperName === actualName.toUpperCase()) {
								filePath = external_path_namespaceObject.join(directory, actualName);
								break;
							}
						}
					} catch (err) {
						console.log(
							`Unexpected error attempting to determine the actual case of the file '${filePath}': ${err}`,
						);
					}
					return filePath;
				} else {
					if (isUnixExecutable(stats)) {
						return filePath;
					}
				}
			}
		}
		return '';
	});
}
function normalizeSeparators(p) {
	p = p || '';
	if (IS_WINDOWS) {
		p = p.replace(/\//g, '\\');
		return p.replace(/\\\\+/g, '\\');
	}
	return p.replace(/\/\/+/g, '/');
}
function isUnixExecutable(stats) {
	return (
		(stats.mode & 1) > 0 ||
		((stats.mode & 8) > 0 && process.getgid !== undefined && stats.gid === process.getgid()) ||
		((stats.mode & 64) > 0 && process.getuid !== undefined && stats.uid === process.getuid())
	);
}
function getCmdPath() {
	var _a;
	return (_a = process.env['COMSPEC']) !== null && _a !== void 0 ? _a : `cmd.exe`;
}

// node_modules/@actions/io/lib/io.js
var io_awaiter =
	(undefined && undefined.__awaiter) ||
	function (thisArg, _arguments, P, generator) {
		function adopt(value) {
			return value instanceof P
				? value
				: new P(function (resolve) {
						resolve(value);
					});
		}
		return new (P || (P = Promise))(function (resolve, reject) {
			function fulfilled(value) {
				try {
					step(generator.next(value));
				} catch (e) {
					reject(e);
				}
			}
			function rejected(value) {
				try {
					step(generator['throw'](value));
				} catch (e) {
					reject(e);
				}
			}
			function step(result) {
				result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
			}
			step((generator = generator.apply(thisArg, _arguments || [])).next());
		});
	};

function cp(source_1, dest_1) {
	return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
		const { force, recursive, copySourceDirectory } = readCopyOptions(options);
		const destStat = (yield ioUtil.exists(dest)) ? yield ioUtil.stat(dest) : null;
		if (destStat && destStat.isFile() && !force) {
			return;
		}
		const newDest =
			destStat && destStat.isDirectory() && copySourceDirectory
				? path.join(dest, path.basename(source))
				: dest;
		if (!(yield ioUtil.exists(source))) {
			throw new Error(`no such file or directory: ${source}`);
		}
		const sourceStat = yield ioUtil.stat(source);
		if (sourceStat.isDirectory()) {
			if (!recursive) {
				throw new Error(
					`Failed to copy. ${source} is a directory, but tried to copy without recursive flag.`,
				);
			} else {
				yield cpDirRecursive(source, newDest, 0, force);
			}
		} else {
			if (path.relative(source, newDest) === '') {
				throw new Error(`'${newDest}' and '${source}' are the same file`);
			}
			yield io_copyFile(source, newDest, force);
		}
	});
}
function mv(source_1, dest_1) {
	return io_awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
		if (yield ioUtil.exists(dest)) {
			let destExists = true;
			if (yield ioUtil.isDirectory(dest)) {
				dest = path.join(dest, path.basename(source));
				destExists = yield ioUtil.exists(dest);
			}
			if (destExists) {
				if (options.force == null || options.force) {
					yield rmRF(dest);
				} else {
					throw new Error('Destination already exists');
				}
			}
		}
		yield mkdirP(path.dirname(dest));
		yield ioUtil.rename(source, dest);
	});
}
function rmRF(inputPath) {
	return io_awaiter(this, void 0, void 0, function* () {
		if (ioUtil.IS_WINDOWS) {
			if (/[*"<>|]/.test(inputPath)) {
				throw new Error('File path must not contain `*`, `"`, `<`, `>` or `|` on Windows');
			}
		}
		try {
			yield ioUtil.rm(inputPath, {
				force: true,
				maxRetries: 3,
				recursive: true,
				retryDelay: 300,
			});
		} catch (err) {
			throw new Error(`File was unable to be removed ${err}`);
		}
	});
}
function mkdirP(fsPath) {
	return io_awaiter(this, void 0, void 0, function* () {
		ok(fsPath, 'a path argument must be provided');
		yield ioUtil.mkdir(fsPath, { recursive: true });
	});
}
function which(tool, check) {
	return io_awaiter(this, void 0, void 0, function* () {
		if (!tool) {
			throw new Error("parameter 'tool' is required");
		}
		if (check) {
			const result = yield which(tool, false);
			if (!result) {
				if (IS_WINDOWS) {
					throw new Error(
						`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also verify the file has a valid extension for an executable file.`,
					);
				} else {
					throw new Error(
						`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also check the file mode to verify the file is executable.`,
					);
				}
			}
			return result;
		}
		const matches = yield findInPath(tool);
		if (matches && matches.length > 0) {
			return matches[0];
		}
		return '';
	});
}
function findInPath(tool) {
	return io_awaiter(this, void 0, void 0, function* () {
		if (!tool) {
			throw new Error("parameter 'tool' is required");
		}
		const extensions = [];
		if (IS_WINDOWS && process.env['PATHEXT']) {
			for (const extension of process.env['PATHEXT'].split(external_path_namespaceObject.delimiter)) {
				if (extension) {
					extensions.push(extension);
				}
			}
		}
		if (isRooted(tool)) {
			const filePath = yield tryGetExecutablePath(tool, extensions);
			if (filePath) {
				return [filePath];
			}
			return [];
		}
		if (tool.includes(external_path_namespaceObject.sep)) {
			return [];
		}
		const directories = [];
		if (process.env.PATH) {
			for (const p of process.env.PATH.split(external_path_namespaceObject.delimiter)) {
				if (p) {
					directories.push(p);
				}
			}
		}
		const matches = [];
		for (const directory of directories) {
			const filePath = yield tryGetExecutablePath(
				external_path_namespaceObject.join(directory, tool),
				extensions,
			);
			if (filePath) {
				matches.push(filePath);
			}
		}
		return matches;
	});
}
function readCopyOptions(options) {
	const force = options.force == null ? true : options.force;
	const recursive = Boolean(options.recursive);
	const copySourceDirectory =
		options.copySourceDirectory == null ? true : Boolean(options.copySourceDirectory);
	return { force, recursive, copySourceDirectory };
}
function cpDirRecursive(sourceDir, destDir, currentDepth, force) {
	return io_awaiter(this, void 0, void 0, function* () {
		if (currentDepth >= 255) return;
		currentDepth++;
		yield mkdirP(destDir);
		const files = yield ioUtil.readdir(sourceDir);
		for (const fileName of files) {
			const srcFile = `${sourceDir}/${fileName}`;
			const destFile = `${destDir}/${fileName}`;
			const srcFileStat = yield ioUtil.lstat(srcFile);
			if (srcFileStat.isDirectory()) {
				yield cpDirRecursive(srcFile, destFile, currentDepth, force);
			} else {
				yield io_copyFile(srcFile, destFile, force);
			}
		}
		yield ioUtil.chmod(destDir, (yield ioUtil.stat(sourceDir)).mode);
	});
}
function io_copyFile(srcFile, destFile, force) {
	return io_awaiter(this, void 0, void 0, function* () {
		if ((yield ioUtil.lstat(srcFile)).isSymbolicLink()) {
			try {
				yield ioUtil.lstat(destFile);
				yield ioUtil.unlink(destFile);
			} catch (e) {
				if (e.code === 'EPERM') {
					yield ioUtil.chmod(destFile, '0666');
					yield ioUtil.unlink(destFile);
				}
			}
			const symlinkFull = yield ioUtil.readlink(srcFile);
			yield ioUtil.symlink(symlinkFull, destFile, ioUtil.IS_WINDOWS ? 'junction' : null);
		} else if (!(yield ioUtil.exists(destFile)) || force) {
			yield ioUtil.copyFile(srcFile, destFile);
		}
	});
}

// external "timers"
const external_timers_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('timers');

// node_modules/@actions/exec/lib/toolrunner.js
var toolrunner_awaiter =
	(undefined && undefined.__awaiter) ||
	function (thisArg, _arguments, P, generator) {
		function adopt(value) {
			return value instanceof P
				? value
				: new P(function (resolve) {
						resolve(value);
					});
		}
		return new (P || (P = Promise))(function (resolve, reject) {
			function fulfilled(value) {
				try {
					step(generator.next(value));
				} catch (e) {
					reject(e);
				}
			}
			function rejected(value) {
				try {
					step(generator['throw'](value));
				} catch (e) {
					reject(e);
				}
			}
			function step(result) {
				result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
			}
			step((generator = generator.apply(thisArg, _arguments || [])).next());
		});
	};

const toolrunner_IS_WINDOWS = process.platform === 'win32';
class ToolRunner extends external_events_namespaceObject.EventEmitter {
	constructor(toolPath, args, options) {
		super();
		if (!toolPath) {
			throw new Error("Parameter 'toolPath' cannot be null or empty.");
		}
		this.toolPath = toolPath;
		this.args = args || [];
		this.options = options || {};
	}
	_debug(message) {
		if (this.options.listeners && this.options.listeners.debug) {
			this.options.listeners.debug(message);
		}
	}
	_getCommandString(options, noPrefix) {
		const toolPath = this._getSpawnFileName();
		const args = this._getSpawnArgs(options);
		let cmd = noPrefix ? '' : '[command]';
		if (toolrunner_IS_WINDOWS) {
			if (this._isCmdFile()) {
				cmd += toolPath;
				for (const a of args) {
					cmd += ` ${a}`;
				}
			} else if (options.windowsVerbatimArguments) {
				cmd += `"${toolPath}"`;
				for (const a of args) {
					cmd += ` ${a}`;
				}
			} else {
				cmd += this._windowsQuoteCmdArg(toolPath);
				for (const a of args) {
					cmd += ` ${this._windowsQuoteCmdArg(a)}`;
				}
			}
		} else {
			cmd += toolPath;
			for (const a of args) {
				cmd += ` ${a}`;
			}
		}
		return cmd;
	}
	_processLineBuffer(data, strBuffer, onLine) {
		try {
			let s = strBuffer + data.toString();
			let n = s.indexOf(external_os_namespaceObject.EOL);
			while (n > -1) {
				const line = s.substring(0, n);
				onLine(line);
				s = s.substring(n + external_os_namespaceObject.EOL.length);
				n = s.indexOf(external_os_namespaceObject.EOL);
			}
			return s;
		} catch (err) {
			this._debug(`error processing line. Failed with error ${err}`);
			return '';
		}
	}
	_getSpawnFileName() {
		if (toolrunner_IS_WINDOWS) {
			if (this._isCmdFile()) {
				return process.env['COMSPEC'] || 'cmd.exe';
			}
		}
		return this.toolPath;
	}
	_getSpawnArgs(options) {
		if (toolrunner_IS_WINDOWS) {
			if (this._isCmdFile()) {
				let argline = `/D /S /C "${this._windowsQuoteCmdArg(this.toolPath)}`;
				for (const a of this.args) {
					argline += ' ';
					argline += options.windowsVerbatimArguments ? a : this._windowsQuoteCmdArg(a);
				}
				argline += '"';
				return [argline];
			}
		}
		return this.args;
	}
	_endsWith(str, end) {
		return str.endsWith(end);
	}
	_isCmdFile() {
		const upperToolPath = this.toolPath.toUpperCase();
		return this._endsWith(upperToolPath, '.CMD') || this._endsWith(upperToolPath, '.BAT');
	}
	_windowsQuoteCmdArg(arg) {
		if (!this._isCmdFile()) {
			return this._uvQuoteCmdArg(arg);
		}
		if (!arg) {
			return '""';
		}
		const cmdSpecialChars = [
			' ',
			'\t',
			'&',
			'(',
			')',
			'[',
			']',
			'{',
			'}',
			'^',
			'=',
			';',
			'!',
			"'",
			'+',
			',',
			'`',
			'~',
			'|',
			'<',
			'>',
			'"',
		];
		let needsQuotes = false;
		for (const char of arg) {
			if (cmdSpecialChars.some(x => x === char)) {
				needsQuotes = true;
				break;
			}
		}
		if (!needsQuotes) {
			return arg;
		}
		let reverse = '"';
		let quoteHit = true;
		for (let i = arg.length; i > 0; i--) {
			reverse += arg[i - 1];
			if (quoteHit && arg[i - 1] === '\\') {
				reverse += '\\';
			} else if (arg[i - 1] === '"') {
				quoteHit = true;
				reverse += '"';
			} else {
				quoteHit = false;
			}
		}
		reverse += '"';
		return reverse.split('').reverse().join('');
	}
	_uvQuoteCmdArg(arg) {
		if (!arg) {
			return '""';
		}
		if (!arg.includes(' ') && !arg.includes('\t') && !arg.includes('"')) {
			return arg;
		}
		if (!arg.includes('"') && !arg.includes('\\')) {
			return `"${arg}"`;
		}
		let reverse = '"';
		let quoteHit = true;
		for (let i = arg.length; i > 0; i--) {
			reverse += arg[i - 1];
			if (quoteHit && arg[i - 1] === '\\') {
				reverse += '\\';
			} else if (arg[i - 1] === '"') {
				quoteHit = true;
				reverse += '\\';
			} else {
				quoteHit = false;
			}
		}
		reverse += '"';
		return reverse.split('').reverse().join('');
	}
	_cloneExecOptions(options) {
		options = options || {};
		const result = {
			cwd: options.cwd || process.cwd(),
			env: options.env || process.env,
			silent: options.silent || false,
			windowsVerbatimArguments: options.windowsVerbatimArguments || false,
			failOnStdErr: options.failOnStdErr || false,
			ignoreReturnCode: options.ignoreReturnCode || false,
			delay: options.delay || 10000,
		};
		result.outStream = options.outStream || process.stdout;
		result.errStream = options.errStream || process.stderr;
		return result;
	}
	_getSpawnOptions(options, toolPath) {
		options = options || {};
		const result = {};
		result.cwd = options.cwd;
		result.env = options.env;
		result['windowsVerbatimArguments'] = options.windowsVerbatimArguments || this._isCmdFile();
		if (options.windowsVerbatimArguments) {
			result.argv0 = `"${toolPath}"`;
		}
		return result;
	}
	exec() {
		return toolrunner_awaiter(this, void 0, void 0, function* () {
			if (
				!isRooted(this.toolPath) &&
				(this.toolPath.includes('/') || (toolrunner_IS_WINDOWS && this.toolPath.includes('\\')))
			) {
				this.toolPath = external_path_namespaceObject.resolve(
					process.cwd(),
					this.options.cwd || process.cwd(),
					this.toolPath,
				);
			}
			this.toolPath = yield which(this.toolPath, true);
			return new Promise((resolve, reject) =>
				toolrunner_awaiter(this, void 0, void 0, function* () {
					this._debug(`exec tool: ${this.toolPath}`);
					this._debug('arguments:');
					for (const arg of this.args) {
						this._debug(`   ${arg}`);
					}
					const optionsNonNull = this._cloneExecOptions(this.options);
					if (!optionsNonNull.silent && optionsNonNull.outStream) {
						optionsNonNull.outStream.write(
							this._getCommandString(optionsNonNull) + external_os_namespaceObject.EOL,
						);
					}
					const state = new ExecState(optionsNonNull, this.toolPath);
					state.on('debug', message => {
						this._debug(message);
					});
					if (this.options.cwd && !(yield exists(this.options.cwd))) {
						return reject(new Error(`The cwd: ${this.options.cwd} does not exist!`));
					}
					const fileName = this._getSpawnFileName();
					const cp = external_child_process_namespaceObject.spawn(
						fileName,
						this._getSpawnArgs(optionsNonNull),
						this._getSpawnOptions(this.options, fileName),
					);
					let stdbuffer = '';
					if (cp.stdout) {
						cp.stdout.on('data', data => {
							if (this.options.listeners && this.options.listeners.stdout) {
								this.options.listeners.stdout(data);
							}
							if (!optionsNonNull.silent && optionsNonNull.outStream) {
								optionsNonNull.outStream.write(data);
							}
							stdbuffer = this._processLineBuffer(data, stdbuffer, line => {
								if (this.options.listeners && this.options.listeners.stdline) {
									this.options.listeners.stdline(line);
								}
							});
						});
					}
					let errbuffer = '';
					if (cp.stderr) {
						cp.stderr.on('data', data => {
							state.processStderr = true;
							if (this.options.listeners && this.options.listeners.stderr) {
								this.options.listeners.stderr(data);
							}
							if (!optionsNonNull.silent && optionsNonNull.errStream && optionsNonNull.outStream) {
								const s = optionsNonNull.failOnStdErr ? optionsNonNull.errStream : optionsNonNull.outStream;
								s.write(data);
							}
							errbuffer = this._processLineBuffer(data, errbuffer, line => {
								if (this.options.listeners && this.options.listeners.errline) {
									this.options.listeners.errline(line);
								}
							});
						});
					}
					cp.on('error', err => {
						state.processError = err.message;
						state.processExited = true;
						state.processClosed = true;
						state.CheckComplete();
					});
					cp.on('exit', code => {
						state.processExitCode = code;
						state.processExited = true;
						this._debug(`Exit code ${code} received from tool '${this.toolPath}'`);
						state.CheckComplete();
					});
					cp.on('close', code => {
						state.processExitCode = code;
						state.processExited = true;
						state.processClosed = true;
						this._debug(`STDIO streams have closed for tool '${this.toolPath}'`);
						state.CheckComplete();
					});
					state.on('done', (error, exitCode) => {
						if (stdbuffer.length > 0) {
							this.emit('stdline', stdbuffer);
						}
						if (errbuffer.length > 0) {
							this.emit('errline', errbuffer);
						}
						cp.removeAllListeners();
						if (error) {
							reject(error);
						} else {
							resolve(exitCode);
						}
					});
					if (this.options.input) {
						if (!cp.stdin) {
							throw new Error('child process missing stdin');
						}
						cp.stdin.end(this.options.input);
					}
				}),
			);
		});
	}
}
function argStringToArray(argString) {
	const args = [];
	let inQuotes = false;
	let escaped = false;
	let arg = '';
	function append(c) {
		if (escaped && c !== '"') {
			arg += '\\';
		}
		arg += c;
		escaped = false;
	}
	for (let i = 0; i < argString.length; i++) {
		const c = argString.charAt(i);
		if (c === '"') {
			if (!escaped) {
				inQuotes = !inQuotes;
			} else {
				append(c);
			}
			continue;
		}
		if (c === '\\' && escaped) {
			append(c);
			continue;
		}
		if (c === '\\' && inQuotes) {
			escaped = true;
			continue;
		}
		if (c === ' ' && !inQuotes) {
			if (arg.length > 0) {
				args.push(arg);
				arg = '';
			}
			continue;
		}
		append(c);
	}
	if (arg.length > 0) {
		args.push(arg.trim());
	}
	return args;
}
class ExecState extends external_events_namespaceObject.EventEmitter {
	constructor(options, toolPath) {
		super();
		this.processClosed = false;
		this.processError = '';
		this.processExitCode = 0;
		this.processExited = false;
		this.processStderr = false;
		this.delay = 10000;
		this.done = false;
		this.timeout = null;
		if (!toolPath) {
			throw new Error('toolPath must not be empty');
		}
		this.options = options;
		this.toolPath = toolPath;
		if (options.delay) {
			this.delay = options.delay;
		}
	}
	CheckComplete() {
		if (this.done) {
			return;
		}
		if (this.processClosed) {
			this._setResult();
		} else if (this.processExited) {
			this.timeout = (0, external_timers_namespaceObject.setTimeout)(
				ExecState.HandleTimeout,
				this.delay,
				this,
			);
		}
	}
	_debug(message) {
		this.emit('debug', message);
	}
	_setResult() {
		let error;
		if (this.processExited) {
			if (this.processError) {
				error = new Error(
					`There was an error when attempting to execute the process '${this.toolPath}'. This may indicate the process failed to start. Error: ${this.processError}`,
				);
			} else if (this.processExitCode !== 0 && !this.options.ignoreReturnCode) {
				error = new Error(`The process '${this.toolPath}' failed with exit code ${this.processExitCode}`);
			} else if (this.processStderr && this.options.failOnStdErr) {
				error = new Error(
					`The process '${this.toolPath}' failed because one or more lines were written to the STDERR stream`,
				);
			}
		}
		if (this.timeout) {
			clearTimeout(this.timeout);
			this.timeout = null;
		}
		this.done = true;
		this.emit('done', error, this.processExitCode);
	}
	static HandleTimeout(state) {
		if (state.done) {
			return;
		}
		if (!state.processClosed && state.processExited) {
			const message = `The STDIO streams did not close within ${state.delay / 1000} seconds of the exit event from process '${state.toolPath}'. This may indicate a child process inherited the STDIO streams and has not yet exited.`;
			state._debug(message);
		}
		state._setResult();
	}
}

// node_modules/@actions/exec/lib/exec.js
var exec_awaiter =
	(undefined && undefined.__awaiter) ||
	function (thisArg, _arguments, P, generator) {
		function adopt(value) {
			return value instanceof P
				? value
				: new P(function (resolve) {
						resolve(value);
					});
		}
		return new (P || (P = Promise))(function (resolve, reject) {
			function fulfilled(value) {
				try {
					step(generator.next(value));
				} catch (e) {
					reject(e);
				}
			}
			function rejected(value) {
				try {
					step(generator['throw'](value));
				} catch (e) {
					reject(e);
				}
			}
			function step(result) {
				result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
			}
			step((generator = generator.apply(thisArg, _arguments || [])).next());
		});
	};

function exec(commandLine, args, options) {
	return exec_awaiter(this, void 0, void 0, function* () {
		const commandArgs = argStringToArray(commandLine);
		if (commandArgs.length === 0) {
			throw new Error(`Parameter 'commandLine' cannot be null or empty.`);
		}
		const toolPath = commandArgs[0];
		args = commandArgs.slice(1).concat(args || []);
		const runner = new ToolRunner(toolPath, args, options);
		return runner.exec();
	});
}
function getExecOutput(commandLine, args, options) {
	return exec_awaiter(this, void 0, void 0, function* () {
		var _a, _b;
		let stdout = '';
		let stderr = '';
		const stdoutDecoder = new StringDecoder('utf8');
		const stderrDecoder = new StringDecoder('utf8');
		const originalStdoutListener =
			(_a = options === null || options === void 0 ? void 0 : options.listeners) === null || _a === void 0
				? void 0
				: _a.stdout;
		const originalStdErrListener =
			(_b = options === null || options === void 0 ? void 0 : options.listeners) === null || _b === void 0
				? void 0
				: _b.stderr;
		const stdErrListener = data => {
			stderr += stderrDecoder.write(data);
			if (originalStdErrListener) {
				originalStdErrListener(data);
			}
		};
		const stdOutListener = data => {
			stdout += stdoutDecoder.write(data);
			if (originalStdoutListener) {
				originalStdoutListener(data);
			}
		};
		const listeners = Object.assign(
			Object.assign({}, options === null || options === void 0 ? void 0 : options.listeners),
			{ stdout: stdOutListener, stderr: stdErrListener },
		);
		const exitCode = yield exec(commandLine, args, Object.assign(Object.assign({}, options), { listeners }));
		stdout += stdoutDecoder.end();
		stderr += stderrDecoder.end();
		return {
			exitCode,
			stdout,
			stderr,
		};
	});
}

// external "node:child_process"
const external_node_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)(
	'node:child_process',
);

// actions/shared/followed-process.js

const LAST_OUTPUT_MILLISECONDS = 10_000;
function followProcess(tool, args, { input, env, onLine, onStderr, onChild }) {
	const child = (0, external_node_child_process_namespaceObject.spawn)(tool, args, { env });
	onChild(child);
	const lines = new LineSplitter(onLine);
	child.stdout.on('data', data => lines.write(data));
	child.stderr.on('data', onStderr);
	child.stdin.on('error', () => {}).end(input);
	return new Promise((resolve, reject) => {
		let deadline;
		const end = exitCode => {
			clearTimeout(deadline);
			lines.end();
			resolve(exitCode);
		};
		child.once('error', error =>
			reject(error.code === 'ENOENT' ? new Error(`Unable to locate executable file: ${tool}.`) : error),
		);
		child.once('exit', exitCode => {
			deadline = setTimeout(() => {
				child.stdout.destroy();
				child.stderr.destroy();
				end(exitCode);
			}, LAST_OUTPUT_MILLISECONDS);
		});
		child.once('close', end);
	});
}
const followed_process_LONGEST_LINE = 256 * 1024;
class LineSplitter {
	#decoder = new external_node_string_decoder_namespaceObject.StringDecoder('utf8');
	#onLine;
	#line = '';
	#afterCarriageReturn = false;
	constructor(onLine) {
		this.#onLine = onLine;
	}
	write(data) {
		this.#add(this.#decoder.write(data));
	}
	end() {
		this.#add(this.#decoder.end());
		if (this.#line !== '') this.#endLine();
	}
	#add(text) {
		if (text === '') return;
		let start = this.#afterCarriageReturn && text.startsWith('\n') ? 1 : 0;
		this.#afterCarriageReturn = text.endsWith('\r');
		const lineBreak = /\r\n|\r|\n/g;
		lineBreak.lastIndex = start;
		for (let found = lineBreak.exec(text); found; found = lineBreak.exec(text)) {
			this.#keep(text.slice(start, found.index));
			this.#endLine();
			start = lineBreak.lastIndex;
		}
		this.#keep(text.slice(start));
	}
	#keep(text) {
		const room = followed_process_LONGEST_LINE - this.#line.length;
		if (room > 0) this.#line += text.slice(0, room);
	}
	#endLine() {
		const line = this.#line;
		this.#line = '';
		this.#onLine(line);
	}
}

// actions/shared/process-tree.js

function signalTree(pid, signal) {
	for (const each of [...descendants(pid, parents()), pid]) {
		try {
			process.kill(each, signal);
		} catch {}
	}
}
function parents() {
	try {
		const pids = (0, external_node_fs_namespaceObject.readdirSync)('/proc').filter(name =>
			/^\d+$/.test(name),
		);
		return new Map(pids.map(pid => [Number(pid), parentOf(pid)]));
	} catch {
		return new Map();
	}
}
function parentOf(pid) {
	try {
		const stat = (0, external_node_fs_namespaceObject.readFileSync)(`/proc/${pid}/stat`, 'utf8');
		return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
	} catch {
		return 0;
	}
}
function descendants(pid, parents) {
	const children = [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
	return children.flatMap(child => [...descendants(child, parents), child]);
}

// actions/shared/command.js

function timeLimitOf(command, { lastWord }) {
	if (lastWord) return 60;
	switch (command[0]) {
		case 'kubectl':
			return 120;
		case 'docker':
			return 5400;
		case 'az':
			return isReadOnly(command) ? 600 : 5400;
		default:
			return 600;
	}
}
const announceChild = new external_node_async_hooks_namespaceObject.AsyncLocalStorage();
(0, external_node_diagnostics_channel_namespaceObject.subscribe)('child_process', message =>
	announceChild.getStore()?.(message.process),
);
const PRIVATE_ENVIRONMENT = /^(INPUT|STATE|ACTIONS)_/;
function commandEnvironment(environment) {
	const entries = Object.entries(environment).filter(
		([name, value]) => value !== undefined && !PRIVATE_ENVIRONMENT.test(name),
	);
	return Object.fromEntries(entries);
}
async function runCommand(tool, args, options = {}) {
	const command = [tool, ...args];
	const limit = new AbortController();
	const stops = [options.signal, options.lastWord ? undefined : interruption.signal, limit.signal].filter(
		signal => signal !== undefined,
	);
	const stop = AbortSignal.any(stops);
	stop.throwIfAborted();
	const seconds = options.timeoutSeconds ?? timeLimitOf(command, options);
	const timer = setTimeout(() => limit.abort(new CommandTimedOut(command, seconds)), seconds * 1000);
	const ended = new AbortController();
	const onChild = child => {
		child.once('spawn', () => {
			child.stdin?.on('error', () => {});
			const signalChild = reason => {
				if (reason instanceof Interrupted) return signalTree(child.pid, reason.signal);
				signalTree(child.pid, 'SIGTERM');
				const kill = setTimeout(() => signalTree(child.pid, 'SIGKILL'), KILL_AFTER_MILLISECONDS);
				ended.signal.addEventListener('abort', () => clearTimeout(kill));
			};
			const interrupt = () => {
				if (stop.reason instanceof Interrupted) stop.reason.cutOff.push(command);
				signalChild(stop.reason);
			};
			if (stop.aborted) interrupt();
			else stop.addEventListener('abort', interrupt, { signal: ended.signal });
			if (!options.lastWord)
				repeatedInterruption.signal.addEventListener(
					'abort',
					() => signalChild(repeatedInterruption.signal.reason),
					{
						signal: ended.signal,
					},
				);
		});
	};
	const tooLarge = what => limit.abort(new OutputTooLarge(command, what));
	const output = new Collector(tooLarge);
	const errors = new Collector(tooLarge);
	const env = commandEnvironment({ ...process.env, ...options.env });
	const { onLine, input = '' } = options;
	const run = () =>
		onLine
			? followProcess(tool, args, {
					...{ input, env, onLine, onChild },
					onStderr: data => errors.write(data),
				})
			: announceChild.run(onChild, () =>
					exec(tool, [...args], {
						silent: true,
						ignoreReturnCode: true,
						input: Buffer.from(input),
						env,
						listeners: { stdout: data => output.write(data), stderr: data => errors.write(data) },
					}),
				);
	let exitCode;
	try {
		exitCode = await run();
	} finally {
		clearTimeout(timer);
		ended.abort();
	}
	stop.throwIfAborted();
	if (exitCode !== 0) throw new CommandFailed(command, exitCode, errors.end());
	return { stdout: output.end(), stderr: errors.end() };
}
const KILL_AFTER_MILLISECONDS = 10_000;
const MEBIBYTE = 1024 * 1024;
const MOST_OUTPUT = 128 * MEBIBYTE;
const LONGEST_OUTPUT_LINE = 8 * MEBIBYTE;
class Collector {
	#text = '';
	#length = 0;
	#lineLength = 0;
	#decoder = new external_node_string_decoder_namespaceObject.StringDecoder('utf8');
	#tooLarge;
	constructor(tooLarge) {
		this.#tooLarge = tooLarge;
	}
	write(data) {
		this.#length += data.length;
		const lineBreak = data.lastIndexOf('\n');
		this.#lineLength = lineBreak < 0 ? this.#lineLength + data.length : data.length - lineBreak - 1;
		if (this.#length > MOST_OUTPUT) this.#tooLarge(`more than ${MOST_OUTPUT / MEBIBYTE} MiB`);
		else if (this.#lineLength > LONGEST_OUTPUT_LINE)
			this.#tooLarge(`more than ${LONGEST_OUTPUT_LINE / MEBIBYTE} MiB without a line break`);
		else this.#text += this.#decoder.write(data);
	}
	end() {
		this.#text += this.#decoder.end();
		return this.#text;
	}
}
function program(name) {
	return async (args, options) => (await runCommand(name, args, options)).stdout;
}

// actions/shared/az.js

const az = async (args, options = {}) => {
	assertNoFile(args);
	const full = [...args, '--only-show-errors', '--output', 'json'];
	const env = { ...(await azEnvironment(process.env)), ...options.env };
	const { stdout } = await runCommand('az', full, { ...options, env });
	if (stdout.trim() === '') return undefined;
	try {
		return JSON.parse(stdout);
	} catch {
		throw new Error(
			`az ${full.join(' ')} succeeded, but its output (${stdout.length} characters) is not JSON.`,
		);
	}
};
function assertNoFile(args) {
	const found = args.find(
		(argument, index) => readsFile(argument) && args[index - 1] !== '--federated-token',
	);
	if (found !== undefined)
		throw new Error(
			`az was not started, because it would replace the argument ${quote_quote(found)} with the content of a file.`,
		);
}
const WITHOUT_SUBSCRIPTION =
	/^(?:version|login|logout|cloud|config|configure|ad|account (?:list|set|clear))(?: |$)/;
function azInSubscription(az, subscriptionId) {
	return (args, options) => {
		const id = subscriptionId();
		const named = id === '' || args.includes('--subscription') || WITHOUT_SUBSCRIPTION.test(args.join(' '));
		return az(named ? args : [...args, '--subscription', id], options);
	};
}
const ABSENT =
	/^(?:Resource|ResourceGroup|ParentResource|Secret|Vault|DeletedVault|RoleAssignment|Cluster|Registry)?NotFound$/;
function isNotFound(error) {
	if (!(error instanceof CommandFailed) || error.exitCode !== 3) return false;
	return error.code === undefined
		? error.is('registry-object-not-found') || error.is('directory-object-not-found')
		: ABSENT.test(error.code);
}
async function findResource(az, args) {
	try {
		return await az(args);
	} catch (error) {
		if (isNotFound(error)) return undefined;
		throw error;
	}
}

// actions/shared/kubectl.js

const ENVIRONMENT = { ...ENGLISH, KUBERC: 'off', KUBECTL_KUBERC: 'false' };
const REQUEST_TIMEOUT = ['--request-timeout', '60s'];
function kubectlWith(kubeconfig) {
	return async (args, options) => {
		const env = { ...ENVIRONMENT, ...options?.env };
		const timeout = args.includes('--follow') ? [] : REQUEST_TIMEOUT;
		const command = ['--kubeconfig', kubeconfig, ...timeout, ...args];
		return (await runCommand('kubectl', command, { ...options, env })).stdout;
	};
}
async function getObject(kubectl, kind, name, namespace) {
	const scope = namespace ? ['--namespace', namespace] : [];
	const text = await kubectl(['get', kind, name, ...scope, '--ignore-not-found', '--output', 'json']);
	return text.trim() === '' ? undefined : JSON.parse(text);
}
async function createObject(kubectl, manifest) {
	const args = ['create', '--save-config', '--filename', '-', '--output', 'json'];
	return JSON.parse(await kubectl(args, { input: JSON.stringify(manifest) }));
}
const MOST_ATTEMPTS = 5;
async function deleteObject(kubectl, { kind, name, namespace }, mayDelete, propagationPolicy = 'Background') {
	for (let attempt = 1; ; attempt++) {
		const object = await getObject(kubectl, kind, name, namespace);
		if (!object || !mayDelete(object)) return undefined;
		const { uid, resourceVersion, deletionTimestamp } = object.metadata;
		if (deletionTimestamp) return object;
		const preconditions = { uid, resourceVersion };
		const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy };
		try {
			await kubectl(['delete', '--raw', pathOf(object), '--filename', '-'], {
				input: JSON.stringify(options),
			});
			return object;
		} catch (error) {
			if (command_errors_failedWith(error, 'object-not-found')) return undefined;
			if (!command_errors_failedWith(error, 'object-changed') || attempt === MOST_ATTEMPTS) throw error;
		}
	}
}
function pathOf({ apiVersion, kind, metadata: { name, namespace } }) {
	const group = apiVersion.includes('/') ? 'apis' : 'api';
	return `/${group}/${apiVersion}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
}

// actions/shared/retrying.js

function azWithRetries(az, context) {
	return (args, options) => withRetries(['az', ...args], options, context, () => az(args, options));
}
function kubectlWithRetries(kubectl, context) {
	return (args, options) => withRetries(['kubectl', ...args], options, context, () => kubectl(args, options));
}
function withRetries(command, options, { time, log, retrySeconds }, run) {
	if (options?.onLine || options?.lastWord || options?.once) return run();
	const what = commandName(command);
	return retry_retry({ what, timeoutSeconds: retrySeconds, time, log, transient: transientReason }, run);
}

// actions/shared/tools.js

const RETRY_SECONDS = 900;
function createTools(report, account) {
	const { clientId, retrySeconds = RETRY_SECONDS } = account ?? {};
	const patience = { time: realTime, log: log, retrySeconds };
	let subscription = '';
	const retryingAz = azWithRetries(
		azInSubscription(az, () => subscription),
		patience,
	);
	const renewing = clientId
		? withFreshLogin(() => {
				log.info('The login has expired. Logging in again.');
				return logIn(account, { az: retryingAz, time: realTime, log: log });
			})
		: work => work();
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
		program: program,
		time: realTime,
		log: log,
		report,
		retrySeconds,
	};
	function runOrRenew(options, run) {
		const { onLine } = options ?? {};
		if (!onLine) return renewing(() => run(options));
		let shown = false;
		const noticed = line => {
			shown = true;
			onLine(line);
		};
		return renewing(
			() => run({ ...options, onLine: noticed }),
			() => !shown,
		);
	}
}
function isLogin([command, verb]) {
	return command === 'login' || (command === 'account' && verb === 'set');
}

// actions/shared/run.js

async function runAction({ name, parse, main }) {
	listenForSignals();
	const started = new Date().toISOString();
	const report = new Report(realTime, log);
	let end = { outcome: 'success' };
	try {
		const inputs = parse();
		const { account } = inputs;
		setOutputs(await main(inputs, createTools(report, account)).finally(endLogins));
	} catch (error) {
		if (error instanceof Error && error.stack) debug(bounded(error.stack));
		const { outputs } = error instanceof ActionFailed ? error : { outputs: {} };
		await attempt('The outputs of this failed step', () => setOutputs(outputs));
		const failure = bounded(describeFailure(error));
		setFailed(`${name}: ${failure}`);
		end = { outcome: error instanceof Interrupted ? 'cancelled' : 'failure', failure };
	}
	await attempt('The job summary', () => report.write(name, end.failure));
	const { RUNNER_TEMP: folder } = process.env;
	const stage = { action: name, started, ended: new Date().toISOString(), ...end };
	if (folder)
		await attempt('The journal of this job', () =>
			recordStage({ ...stage, steps: report.rows, facts: report.facts }, folder),
		);
}
async function attempt(what, work) {
	try {
		await work();
	} catch (error) {
		log.warning(
			`${what} could not be written: ${error.message}\nThis does not affect the result of this step.`,
		);
	}
}
const MOST_OUTPUT_BYTES = 1024 * 1024;
function setOutputs(outputs) {
	for (const [output, value] of Object.entries(outputs)) {
		const bytes = Buffer.byteLength(value);
		if (bytes > MOST_OUTPUT_BYTES)
			log.warning(
				`Output ${output} is empty, because its value has ${bytes} bytes. GitHub accepts at most 1 MiB.`,
			);
		try {
			setOutput(output, bytes > MOST_OUTPUT_BYTES ? '' : value);
		} catch (error) {
			throw new ActionFailed(
				`The step did its work, but its output ${output} could not be written to GITHUB_OUTPUT (${quote_quote(process.env.GITHUB_OUTPUT ?? '')}): ${error.message}`,
				'check that the disk of the runner has free space and that no step deletes files of the runner (RUNNER_TEMP), then run this step again; it continues from what exists.',
				'https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter',
			);
		}
	}
}

// actions/shared/permissions.js

const API_VERSION = '2022-04-01';
async function permissionsAt(az, scope) {
	const url = `${scope}/providers/Microsoft.Authorization/permissions?api-version=${API_VERSION}`;
	try {
		return (await az(['rest', '--method', 'get', '--url', url])).value;
	} catch (error) {
		if (error instanceof CommandFailed) return undefined;
		throw error;
	}
}
function allows(permissions, action, { onData = false, roleId } = {}) {
	return permissions.some(({ actions, notActions, dataActions = [], notDataActions = [], condition }) => {
		const [given, taken] = onData ? [dataActions, notDataActions] : [actions, notActions];
		return (
			given.some(pattern => matches(pattern, action)) &&
			!taken.some(pattern => matches(pattern, action)) &&
			(!roleId || !condition || admits(condition, roleId))
		);
	});
}
function matches(pattern, action) {
	const parts = pattern.split('*').map(part => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
	return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}
function admits(condition, roleId) {
	const lists = [...condition.matchAll(/RoleDefinitionId\]\s*ForAnyOfAnyValues:GuidEquals\s*\{([^}]*)\}/gi)];
	return lists.length === 0 || lists.some(([, roles = '']) => roles.toLowerCase().includes(roleId));
}

// actions/shared/diagnosis/azure-reader.js

const READ_SECRET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';
const DEFINITION = /\/providers\/Microsoft\.Authorization\/roleDefinitions\//i;
function ignoreFailure(error) {
	if (error instanceof CommandFailed) return [];
	throw error;
}
class AzureReader {
	#az;
	#results = new Map();
	constructor(az) {
		this.#az = az;
	}
	subscription() {
		return this.#once(['account', 'show', '--query', 'id']);
	}
	async identity(clientId) {
		const all = await this.#identities();
		return all.find(each => each.clientId.toLowerCase() === clientId.toLowerCase()) ?? null;
	}
	async #identities() {
		try {
			return await this.#once(['identity', 'list']);
		} catch (error) {
			if (!(error instanceof CommandFailed)) throw error;
			const type = ['--resource-type', 'Microsoft.ManagedIdentity/userAssignedIdentities'];
			const groups = await this.#once(['resource', 'list', ...type, '--query', '[].resourceGroup']);
			const lists = await Promise.all(
				[...new Set(groups)].map(group => this.#once(['identity', 'list', '--resource-group', group])),
			);
			return lists.flat();
		}
	}
	credentials({ name, resourceGroup }) {
		return this.#once([
			...['identity', 'federated-credential', 'list'],
			...['--identity-name', name, '--resource-group', resourceGroup],
		]);
	}
	async grants({ principalId }, scope) {
		const [here, elsewhere] = await Promise.all([
			this.#assignments(principalId, ['--scope', scope, '--include-inherited', '--include-groups']),
			this.#assignments(principalId, ['--all']).catch(ignoreFailure),
		]);
		const assignments = new Map([...here, ...elsewhere].map(each => [each.id, each]));
		return Promise.all(
			[...assignments.values()].map(async ({ role, roleId, scope: of }) => ({
				role,
				scope: of,
				readsSecrets: await this.#readsSecrets(`${scope}${roleId.slice(roleId.search(DEFINITION))}`),
			})),
		);
	}
	#assignments(principalId, where) {
		return this.#once([
			...['role', 'assignment', 'list', '--assignee-object-id', principalId, ...where],
			...['--fill-principal-name', 'false'],
			...['--query', '[].{id: id, role: roleDefinitionName, roleId: roleDefinitionId, scope: scope}'],
		]);
	}
	async vault(name) {
		const vaults = await this.#once([...['keyvault', 'list', '--query', '[].{id: id, name: name}']]);
		const found = vaults.find(each => each.name.toLowerCase() === name.toLowerCase());
		if (!found) return null;
		const [, , , , group = ''] = found.id.split('/');
		return this.#once(['keyvault', 'show', '--name', found.name, '--resource-group', group]);
	}
	async secret(vault, name) {
		if (!secretName.accepts(name)) return null;
		const once = args => this.#once(args);
		const found = await findResource(once, [
			...['resource', 'show', '--ids', `${vault.id}/secrets/${name}`, '--api-version', '2023-07-01'],
			...['--query', '{uri: properties.secretUriWithVersion, attributes: properties.attributes}'],
		]);
		if (!found) return null;
		return {
			version: found.uri.split('/').at(-1) ?? '',
			enabled: found.attributes?.enabled !== false,
			notBefore: found.attributes?.nbf ?? undefined,
			expires: found.attributes?.exp ?? undefined,
		};
	}
	async #readsSecrets(definition) {
		const url = `${definition}?api-version=2022-04-01`;
		try {
			const { properties } = await this.#once(['rest', '--method', 'get', '--url', url]);
			const permissions = properties.permissions.map(({ dataActions = [], notDataActions = [] }) => ({
				actions: dataActions,
				notActions: notDataActions,
			}));
			return allows(permissions, READ_SECRET);
		} catch (error) {
			if (error instanceof CommandFailed) return undefined;
			throw error;
		}
	}
	#once(args) {
		const key = args.join(' ');
		const result = this.#results.get(key) ?? this.#az(args);
		this.#results.set(key, result);
		return result;
	}
}

// actions/shared/diagnosis/pod.js
const USE_LABEL = 'azure.workload.identity/use';
const USUAL_AUDIENCE = 'api://AzureADTokenExchange';
const TOKEN_FILE = 'AZURE_FEDERATED_TOKEN_FILE';
function variable(pod, name) {
	return pod.spec.containers.flatMap(({ env = [] }) => env).find(entry => entry.name === name)?.value;
}
function projectedToken(pod) {
	const file = variable(pod, TOKEN_FILE);
	const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
	return sources
		.map(({ serviceAccountToken }) => serviceAccountToken)
		.find(token => token?.audience !== undefined && file?.endsWith(`/${token.path}`));
}
const CONTAINER = 'wi-kv-test';
function containerStatus(pod) {
	const statuses = pod.status?.containerStatuses;
	return statuses?.find(({ name }) => name === CONTAINER) ?? statuses?.[0];
}
function containerStatuses({ status }) {
	return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}
function hasStarted(status) {
	return Boolean(status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated);
}
function isReady(pod) {
	return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
function describeState(pod) {
	if (!pod) return 'does not exist';
	const state = containerStatus(pod)?.state;
	if (state?.running) return 'running, and has not printed the secret yet';
	if (state?.terminated) return `ended with exit code ${state.terminated.exitCode}`;
	return state?.waiting?.reason ?? pod.status?.phase ?? 'just created';
}

// actions/shared/diagnosis/read-cluster.js

const WEBHOOK = 'azure-wi-webhook-mutating-webhook-configuration';
async function readCluster(state, kubectl, optional) {
	const { target } = state;
	const [annotations, pod, events] = await Promise.all([
		state.annotations ?? optional.readOrNote('the service account', () => readAnnotations(kubectl, target)),
		state.pod || !target.podName ? state.pod : optional.readOrNote('the pod', () => podOf(kubectl, target)),
		state.events ?? optional.readOrNote('the events', () => readEvents(kubectl, target)),
	]);
	const mutated = pod && variable(pod, TOKEN_FILE) !== undefined;
	const webhook =
		pod && !mutated ? await optional.readOrNote('the webhook', () => readWebhook(kubectl)) : state.webhook;
	return { ...state, annotations, pod, events, webhook };
}
async function readAnnotations(kubectl, { namespace, serviceAccount }) {
	const account = await getObject(kubectl, 'serviceaccount', serviceAccount, namespace);
	return account ? identityAnnotations(account) : null;
}
function identityAnnotations({ metadata: { annotations = {} } }) {
	return {
		clientId: annotations['azure.workload.identity/client-id'] ?? '',
		tenantId: annotations['azure.workload.identity/tenant-id'] ?? '',
	};
}
async function podOf(kubectl, { podName, namespace }) {
	return (await getObject(kubectl, 'pod', podName, namespace)) ?? null;
}
async function readWebhook(kubectl) {
	return (await getObject(kubectl, 'mutatingwebhookconfigurations', WEBHOOK)) !== undefined;
}
async function readEvents(kubectl, { podName, namespace }) {
	if (!podName) return [];
	const text = await kubectl([
		...['get', 'events', '--namespace', namespace, '--output', 'json'],
		...['--field-selector', `involvedObject.kind=Pod,involvedObject.name=${podName}`],
	]);
	return eventMessages(JSON.parse(text).items);
}
function eventMessages(events) {
	const when = event => event.lastTimestamp ?? event.eventTime ?? '';
	return events
		.toSorted((one, other) => when(one).localeCompare(when(other)))
		.map(event => event.message ?? '');
}

// actions/shared/workloads.js

const MAX_WORKLOADS = 20;
const DEFAULT = { namespace: 'default', serviceAccount: 'wi-demo-sa' };
function nameOf({ namespace, serviceAccount }) {
	return `${namespace}/${serviceAccount}`;
}
function workloads_subjectOf({ namespace, serviceAccount }) {
	return `system:serviceaccount:${namespace}:${serviceAccount}`;
}
function workloadInputs(input) {
	const single = {
		namespace: input.optional('namespace', dnsLabel, DEFAULT.namespace),
		serviceAccount: input.optional('service-account', dnsSubdomain, DEFAULT.serviceAccount),
	};
	const list = input
		.pairs('workloads', 'namespace/service-account', dnsLabel, dnsSubdomain)
		.map(([namespace, serviceAccount]) => ({ namespace, serviceAccount }));
	if (list.length === 0) return [single];
	const names = list.map(nameOf);
	const twice = [...new Set(names.filter((name, index) => names.indexOf(name) < index))];
	for (const name of twice) input.problem(`workloads contains ${quote_quote(name)} twice`);
	if (list.length > MAX_WORKLOADS)
		input.problem(`workloads contains ${list.length} service accounts. The maximum is ${MAX_WORKLOADS}`);
	const name = nameOf(single);
	if (name !== nameOf(DEFAULT) && !names.includes(name))
		input.problem(
			`workloads does not contain ${quote_quote(name)}, which namespace and service-account are set to. Set either workloads or these two inputs`,
		);
	return list;
}

// actions/shared/diagnosis/credentials.js

const COMPARED_CLAIMS = ['issuer', 'subject', 'audience'];
function nearestCredential(credentials, claims) {
	const likeness = credential =>
		COMPARED_CLAIMS.reduce((sum, part) => sum + similarity(comparedValue(credential, part), claims[part]), 0);
	const [credential] = credentials.toSorted((one, other) => likeness(other) - likeness(one));
	if (!credential) return undefined;
	const differs = COMPARED_CLAIMS.filter(
		part => claims[part] !== undefined && comparedValue(credential, part) !== claims[part],
	);
	return { credential, differs };
}
function comparedValue(credential, part) {
	return part === 'audience' ? (credential.audiences[0] ?? '') : credential[part];
}
function similarity(one, other) {
	if (other === undefined || one === other) return 2;
	const start = firstDifference(one, other);
	const [restOfOne, restOfOther] = [one.slice(start), other.slice(start)];
	const end = firstDifference(reversed(restOfOne), reversed(restOfOther));
	return (start + end) / Math.max(one.length, other.length);
}
function reversed(text) {
	return [...text].reverse().join('');
}
function firstDifference(one, other) {
	const length = Math.min(one.length, other.length);
	for (let index = 0; index < length; index++) if (one[index] !== other[index]) return index;
	return length;
}
function compareValues([oneLabel, one], [otherLabel, other]) {
	const width = Math.max(oneLabel.length, otherLabel.length) + 2;
	const line = (label, value) => `  ${`${label}:`.padEnd(width)}${value}`;
	const [quoted, otherQuoted] = [quote_quote(one), quote_quote(other)];
	const mark = `${' '.repeat(2 + width + firstDifference(quoted, otherQuoted))}^ ${difference(one, other)}`;
	return [line(oneLabel, quoted), line(otherLabel, otherQuoted), mark].join('\n');
}
function difference(one, other) {
	if (one.toLowerCase() === other.toLowerCase()) return 'only the case differs';
	if (one.trim() === other.trim()) return 'white space at the beginning or the end';
	if (`${one}/` === other || one === `${other}/`) return 'trailing slash';
	const [names, others] = [one.split(':'), other.split(':')];
	if (names.length === 4 && others.length === 4) {
		if (names[2] === others[3] && names[3] === others[2]) return 'namespace and service account are swapped';
		if (names[3] === others[3] && names[2] !== others[2]) return 'different namespace';
		if (names[2] === others[2] && names[3] !== others[3]) return 'different service account';
	}
	return 'different from here';
}

// actions/shared/diagnosis/verdict.js

function formatVerdict({ link, seen, comparison }) {
	return [`${link}: ${seen.trim()}`, ...(comparison ? [comparison] : [])].join('\n');
}
function verdictError(verdict, unseen, documentation, outputs = {}) {
	const what = [formatVerdict(verdict), ...formatUnseen(unseen)].join('\n');
	return new ActionFailed(what, verdict.remedy, `${documentation}#${verdict.link}`, outputs);
}
function formatUnseen(unseen) {
	return unseen.length > 0 ? [`Could not read: ${unseen.join('; ')}.`] : [];
}
function shorten(text) {
	return text.length > 500 ? `${text.slice(0, 200)} … ${text.slice(-300)}` : text;
}
function argument(value, placeholder) {
	return value && /^[A-Za-z0-9/][A-Za-z0-9_./:@-]*$/.test(value) ? value : placeholder;
}
function capitalize(text) {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

// actions/shared/diagnosis/log-findings.js

const VALUE_SHOWN = 'value';
const TOKEN_EXCHANGED = 'exchanged';
const ENTRA_UNREACHED = 'network_error';
const VAULT_OF_OTHER_TENANT = 'OtherTenant';
const CODES =
	/\b(?:AADSTS\d+|ForbiddenByRbac|SecretNotFound|SecretDisabled|ForbiddenByFirewall|ForbiddenByConnection|AKV100(?!00)\d\d)\b/;
const WORDS = [
	[
		/acquired a token from WorkloadIdentityCredential|authenticated with WorkloadIdentityCredential|credential selected: Azure\.Identity\.WorkloadIdentityCredential/,
		TOKEN_EXCHANGED,
	],
	[/msal\.js\.errors#(?:network_error|endpoints_resolution_error)/, ENTRA_UNREACHED],
	[/n(?:ot|'t) configured to acquire tokens for tenant/, VAULT_OF_OTHER_TENANT],
	[/Caller is not authorized to perform action on resource/, 'ForbiddenByRbac'],
	[/does not have secrets get permission/, 'AccessDenied'],
	[/was not found in this key vault/, 'SecretNotFound'],
	[/not allowed on a disabled secret/, 'SecretDisabled'],
	[/Client address is not authorized and caller is not a trusted service/, 'ForbiddenByFirewall'],
	[/Public network access is disabled and request is not from a trusted service/, 'ForbiddenByConnection'],
];
const CONCERNS_CHAIN =
	/could not be read \(|\.vault\.|key ?vault|\blogin\.(?:microsoftonline|chinacloudapi)\b/i;
const NETWORK_WORDS = [
	[/\bAccessDenied\b/, 'AccessDenied'],
	[/\bEAI_AGAIN\b/, 'EAI_AGAIN'],
	[
		/\bENOTFOUND\b|Name or service not known|Failed to resolve|name resolution|UnknownHostException|no such host/,
		'ENOTFOUND',
	],
	[/\bETIMEDOUT\b|timed out|i\/o timeout/i, 'ETIMEDOUT'],
	[/\bECONNREFUSED\b|connection refused/i, 'ECONNREFUSED'],
	[/\bEHOSTUNREACH\b|no route to host/i, 'EHOSTUNREACH'],
	[/\bENETUNREACH\b|network is unreachable/i, 'ENETUNREACH'],
	[/\bECONNRESET\b|connection reset|connection was forcibly closed|socket hang up/i, 'ECONNRESET'],
];
const NOT_CONFIGURED = [
	/(?:AZURE_FEDERATED_TOKEN_FILE|AZURE_CLIENT_ID|AZURE_TENANT_ID) is not set/,
	/WorkloadIdentityCredential authentication unavailable/,
	/WorkloadIdentityCredential: (?:is unavailable|authentication failed).*(?:required|not fully configured)/,
	/WorkloadIdentityCredential.*workload options are not fully configured/,
	/no (?:token file|client ID|tenant ID) specified\. Check pod configuration/,
	/ManagedIdentityCredential(?: authentication)?[: ]+(?:unavailable|failed|is unavailable|no managed identity)/i,
	/no azure identity found for request/,
	/identity has not been assigned to this resource/,
];
const CLIENT_NOT_CONFIGURED = 'NotSetUp';
function lastFinding(lines) {
	for (const line of lines.toReversed()) {
		const code = codeOf(line);
		if (code) return { code, line };
	}
	const line = lines.findLast(each => NOT_CONFIGURED.some(pattern => pattern.test(each)));
	return line === undefined ? undefined : { code: CLIENT_NOT_CONFIGURED, line };
}
function codeOf(line) {
	if (line.startsWith('Secret value: ')) return VALUE_SHOWN;
	const words = CONCERNS_CHAIN.test(line) ? [...WORDS, ...NETWORK_WORDS] : WORDS;
	return CODES.exec(line)?.[0] ?? words.find(([pattern]) => pattern.test(line))?.[1];
}
function reasonIn(line) {
	return shorten(line.replace(/^.*? could not be read \([^)]*\): /, ''));
}
function presentedValue(line) {
	return /presented assertion (?:subject|issuer|audience) '([^']*)'/.exec(line)?.[1];
}

// actions/shared/diagnosis/check-federation.js

const DELAY = 'Entra applies a new credential after seconds to minutes.';
function checkFederation(state, finding) {
	if (showsExchange(finding)) return undefined;
	return (
		checkTenant(state, finding) ??
		checkIdentity(state, finding) ??
		checkCredentials(state, finding) ??
		checkExchange(state, finding)
	);
}
function showsExchange(finding) {
	return /^(value|exchanged|Forbidden|AccessDenied|Secret|AKV)/.test(finding?.code ?? '');
}
function requestedClientId({ annotations, pod }) {
	return (pod && variable(pod, 'AZURE_CLIENT_ID')) || annotations?.clientId || '';
}
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
function checkTenant(state, finding) {
	const { annotations, pod, identity, target } = state;
	const tenant = (pod && variable(pod, 'AZURE_TENANT_ID')) || annotations?.tenantId || '';
	const differs = identity && GUID.test(tenant) && tenant.toLowerCase() !== identity.tenantId.toLowerCase();
	const unknown = finding?.code === 'AADSTS90002';
	const isOfVault = finding?.code === VAULT_OF_OTHER_TENANT && !identity;
	if (!differs && !unknown && !isOfVault) return undefined;
	const said = reasonIn(finding?.line ?? '');
	return {
		link: 'tenant-mismatch',
		seen: differs
			? `The pod requests a token from tenant ${quote_quote(tenant)}, but identity ${quote_quote(identity.name)} belongs to tenant ${quote_quote(identity.tenantId)}.`
			: unknown
				? `Entra does not know the tenant that the pod requests a token from (AADSTS90002): ${said}`
				: `The pod requests a token from ${tenant ? `tenant ${quote_quote(tenant)}` : 'an unknown tenant'}, but the vault trusts another tenant: ${said}`,
		...(differs && { comparison: compareValues(['pod', tenant], ['identity', identity.tenantId]) }),
		remedy: `Correct the annotation azure.workload.identity/tenant-id of the service account, or remove it:\nkubectl annotate serviceaccount ${target.serviceAccount} --namespace ${target.namespace} azure.workload.identity/tenant-id-\nThen recreate the pod.`,
		final: true,
	};
}
function checkIdentity(state, finding) {
	if (!/^AADSTS(700016|700038)$/.test(finding?.code ?? '')) return undefined;
	const { identity } = state;
	const found = identity
		? `The subscription has it, as ${quote_quote(identity.name)}. Either Entra does not show it yet, or the pod uses another tenant.`
		: identity === null
			? 'The subscription has no managed identity with this client ID.'
			: '';
	return {
		link: 'identity-unknown',
		seen: `Entra does not know an identity with client ID ${quote_quote(requestedClientId(state))} in this tenant (${finding?.code}). ${found}`,
		remedy:
			'Run federate-identity with an existing identity: it annotates the service account with the client ID. Then recreate the pod.',
		final: false,
	};
}
const BY_CODE = {
	AADSTS700211: 'issuer',
	AADSTS700213: 'subject',
	AADSTS7002138: 'subject',
	AADSTS700212: 'audience',
	AADSTS7002121: 'audience',
};
function checkCredentials(state, finding) {
	const refused = BY_CODE[finding?.code ?? ''];
	const claims = tokenClaims(state, finding);
	if (!state.credentials) return refused && credentialUnseenVerdict(state, refused, claims, finding);
	const nearest = nearestCredential(state.credentials, claims);
	if (!nearest) {
		return {
			link: 'federated-credential-missing',
			seen: `${capitalize(describeIdentity(state))} has no federated credential${check_federation_codeOf(finding)}.`,
			remedy: federateRemedy('federated-credential-missing', state),
			final: true,
		};
	}
	const { credential, differs } = nearest;
	if (differs.length > 0) {
		const link =
			differs.length === 1
				? `federated-${differs[0]}`
				: refused
					? `federated-${refused}`
					: 'federated-credential-missing';
		const comparison = differs
			.map(claim =>
				compareValues(['token', claims[claim] ?? ''], ['credential', comparedValue(credential, claim)]),
			)
			.join('\n');
		return {
			link,
			seen: `${capitalize(describeIdentity(state))} has no federated credential that matches the pod's token${check_federation_codeOf(finding)}. The most similar credential, ${quote_quote(credential.name)}, differs in the ${differs.join(' and the ')}:`,
			comparison,
			remedy: federateRemedy(link, state),
			final: true,
		};
	}
	if (!refused && finding?.code !== 'AADSTS70021') return undefined;
	const { identity } = state;
	return {
		link: 'federated-credential-not-seen',
		seen: `Entra does not apply federated credential ${quote_quote(credential.name)} of ${describeIdentity(state)} yet${check_federation_codeOf(finding)}. The credential matches the pod's token.`,
		remedy: `Wait some minutes. Restart the pod if its program does not retry. If Entra still refuses the token, delete the credential, and run federate-identity again:\naz identity federated-credential delete --name ${argument(credential.name, 'CREDENTIAL')} --identity-name ${argument(identity?.name, 'IDENTITY')} --resource-group ${argument(identity?.resourceGroup, 'GROUP')} --yes`,
		final: false,
	};
}
function credentialUnseenVerdict(state, claim, claims, finding) {
	const link = `federated-${claim}`;
	const value = claims[claim];
	return {
		link,
		seen: `${capitalize(describeIdentity(state))} has no federated credential for the ${claim} ${value === undefined ? 'of this cluster' : quote_quote(value)}${check_federation_codeOf(finding)}.`,
		remedy: federateRemedy(link, state),
		final: false,
	};
}
const EXACT = {
	'federated-issuer':
		'The issuer must be exactly the oidcIssuerProfile.issuerUrl of the cluster, with its trailing slash. ',
	'federated-subject':
		'The subject must be exactly system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT. Entra compares case. ',
	'federated-audience': 'The audience must be exactly the audience of the token. ',
};
function federateRemedy(link, { identity, claims, target }) {
	const options = [
		['name', 'CREDENTIAL'],
		['identity-name', argument(identity?.name, 'IDENTITY')],
		['resource-group', argument(identity?.resourceGroup, 'GROUP')],
		['issuer', argument(claims?.issuer, 'ISSUER_URL')],
		['subject', argument(workloads_subjectOf(target), 'SUBJECT')],
		['audiences', argument(claims?.audience ?? USUAL_AUDIENCE, 'AUDIENCE')],
	].map(([name, value]) => `--${name} ${value}`);
	return `Run federate-identity with the issuer of this cluster, this namespace, and this service account, or:\naz identity federated-credential create ${options.join(' ')}\n${EXACT[link] ?? ''}${DELAY}`;
}
function tokenClaims({ claims, target }, finding) {
	const refused = BY_CODE[finding?.code ?? ''];
	const presented = refused && presentedValue(finding?.line ?? '');
	return {
		issuer: undefined,
		subject: workloads_subjectOf(target),
		audience: USUAL_AUDIENCE,
		...claims,
		...(presented && { [refused]: presented }),
	};
}
function checkExchange(state, finding) {
	const { code, line } = finding ?? { code: '', line: '' };
	switch (code) {
		case CLIENT_NOT_CONFIGURED:
			return {
				link: 'client-not-configured',
				seen: `The pod has a token, but its program does not use it: ${reasonIn(line)}`,
				remedy:
					'Use DefaultAzureCredential or WorkloadIdentityCredential, from a library version that supports workload identity. ManagedIdentityCredential requests the identity of the node instead. If the annotation azure.workload.identity/skip-containers lists the container, remove it.',
				final: false,
			};
		case 'AADSTS70021':
			return {
				link: 'federated-credential-not-seen',
				seen: `Entra finds no federated credential of ${describeIdentity(state)} for the pod's token (${code}): ${reasonIn(line)}`,
				remedy: `${DELAY} If the refusal stays, compare issuer, subject, and audience with this message, and run federate-identity again.`,
				final: false,
			};
		case 'AADSTS700024':
			return {
				link: 'token-expired',
				seen: `The pod's token is expired, or not valid yet (${code}): ${reasonIn(line)}`,
				remedy:
					'Read the token file again for each token request, because the kubelet renews the file. Check the clock of the node.',
				final: false,
			};
		case 'AADSTS7000272':
		case 'AADSTS50166':
		case 'AADSTS501661':
		case 'AADSTS90061':
			return {
				link: 'issuer-unreachable',
				seen: `Entra could not read the signing keys of the cluster from its issuer (${code}): ${reasonIn(line)}`,
				remedy:
					'Wait some minutes if the cluster is new, or its keys were rotated. If the error stays, reconcile the cluster:\naz aks update --resource-group GROUP --name CLUSTER',
				final: false,
			};
	}
	const namesEntra = /\blogin\.(microsoftonline|chinacloudapi|partner\.microsoftonline)\b/.test(line);
	if (code === ENTRA_UNREACHED || (namesEntra && !/^AADSTS/.test(code))) {
		return {
			link: 'entra-unreachable',
			seen: `The pod cannot reach Entra (${code}): ${reasonIn(line)}`,
			remedy:
				'Allow outbound traffic from the cluster to login.microsoftonline.com, or to the login host of the sovereign cloud. Check network policies, the firewall, the proxy, and DNS.',
			final: false,
		};
	}
	if (!code.startsWith('AADSTS')) return undefined;
	return {
		link: 'entra-refused',
		seen: `Entra refused the pod's token (${code}): ${reasonIn(line)}`,
		remedy: `Look up the code, and fix what its description says:\nhttps://login.microsoftonline.com/error?code=${code.replace('AADSTS', '')}`,
		final: false,
	};
}
function describeIdentity(state) {
	const clientId = requestedClientId(state);
	return state.identity
		? `identity ${quote_quote(state.identity.name)} (client ID ${quote_quote(clientId)})`
		: `the identity with client ID ${quote_quote(clientId)}`;
}
function check_federation_codeOf(finding) {
	return finding?.code.startsWith('AADSTS') ? ` (${finding.code})` : '';
}

// actions/shared/diagnosis/check-vault.js

function checkVault(state, last, now) {
	const finding = last?.code === TOKEN_EXCHANGED ? undefined : last;
	return (
		checkNetwork(state, finding) ??
		checkVaultTenant(state, finding) ??
		checkAccess(state, finding) ??
		checkSecret(state, finding, now)
	);
}
function checkNetwork(state, finding) {
	const { target, vault } = state;
	const code = finding?.code ?? '';
	const said = reasonIn(finding?.line ?? '');
	if (/^ForbiddenBy(Firewall|Connection)$/.test(code)) {
		return {
			link: 'vault-network',
			seen: `${capitalize(describeVault(state))} refused the network of the pod (${code}). ${describeNetwork(vault)}`,
			remedy: `Allow the outbound IP address of the cluster in the firewall of the vault:\naz keyvault network-rule add --name ${argument(target.vaultName, 'VAULT')} --ip-address ADDRESS\nOr create a private endpoint for the vault in the network of the cluster.`,
			final: false,
		};
	}
	if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) {
		return {
			link: 'vault-unknown',
			seen: `The pod cannot resolve the host name of ${describeVault(state)} (${code}): ${said}${vault ? ' The vault exists in the subscription.' : ''}`,
			remedy: vault
				? 'Wait some minutes if the vault is new. Otherwise check the DNS of the cluster, and the private DNS zone if the vault has a private endpoint.'
				: 'Correct the name of the vault, or wait some minutes if the vault is new. To list the existing and the deleted vaults:\naz keyvault list --query "[].name"\naz keyvault list-deleted --query "[].name"',
			final: false,
		};
	}
	if (/^(ETIMEDOUT|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH)$/.test(code)) {
		return {
			link: 'vault-network',
			seen: `The pod cannot reach ${describeVault(state)} (${code}): ${said} ${describeNetwork(vault)}`,
			remedy:
				'Allow outbound traffic from the cluster to the vault. Check network policies, the firewall, and the private endpoint.',
			final: false,
		};
	}
	return undefined;
}
function describeNetwork(vault) {
	if (!vault) return '';
	const { publicNetworkAccess, networkAcls } = vault.properties;
	if (publicNetworkAccess === 'Disabled') return 'The public network access of the vault is disabled.';
	return networkAcls?.defaultAction === 'Deny'
		? 'The firewall of the vault denies every address that no rule allows.'
		: '';
}
function checkVaultTenant(state, finding) {
	const { vault, identity } = state;
	const other =
		identity && vault?.properties.tenantId && vault.properties.tenantId !== identity.tenantId
			? vault.properties.tenantId
			: undefined;
	if (!other && !finding?.code.startsWith('AKV') && finding?.code !== VAULT_OF_OTHER_TENANT) return undefined;
	return {
		link: 'vault-tenant',
		seen: other
			? `${capitalize(describeVault(state))} trusts tenant ${quote_quote(other)}, but the identity belongs to tenant ${quote_quote(identity?.tenantId ?? '')}.`
			: `${capitalize(describeVault(state))} rejected the token of the identity (${finding?.code}): ${reasonIn(finding?.line ?? '')}`,
		remedy:
			'Use a vault and an identity of the same tenant. Request the token for the audience of the vault (https://vault.azure.net in the public cloud).',
		final: true,
	};
}
function checkAccess(state, finding) {
	const { vault, identity, grants, secret } = state;
	const code = finding?.code ?? '';
	if (code === 'ForbiddenByRbac' && secret === null)
		return secretNotFoundVerdict(state, code, describeGrants(state));
	if (code === 'ForbiddenByRbac') return roleMissingVerdict(state, code);
	if (code === 'AccessDenied') return policyMissingVerdict(state, code);
	if (code || !vault || !identity) return undefined;
	if (!usesRoles(vault)) {
		const mightRead =
			secretPermissions(vault, identity.principalId) || letsOthersRead(vault, identity.principalId);
		return mightRead ? undefined : policyMissingVerdict(state, '');
	}
	if (!grants) return undefined;
	const covering = coveringGrants(vault, state.target.secretName, grants);
	return covering.some(({ readsSecrets }) => readsSecrets !== false)
		? undefined
		: roleMissingVerdict(state, '');
}
function usesRoles({ properties }) {
	return properties.enableRbacAuthorization === true;
}
function secretPermissions(vault, principalId) {
	const policy = readerPolicies(vault).find(({ objectId }) => objectId === principalId);
	return policy?.permissions?.secrets ?? undefined;
}
function letsOthersRead(vault, principalId) {
	return readerPolicies(vault).some(({ objectId }) => objectId !== principalId);
}
function readerPolicies({ properties: { accessPolicies = [] } }) {
	return accessPolicies.filter(
		({ applicationId, permissions }) =>
			!applicationId && permissions?.secrets?.some(each => /^(get|all)$/i.test(each)),
	);
}
function coveringGrants(vault, secretName, grants) {
	const secret = `${vault.id}/secrets/${secretName}/`.toLowerCase();
	return grants.filter(
		({ scope }) =>
			scope === '/' ||
			/^\/providers\/Microsoft\.Management\/managementGroups\//i.test(scope) ||
			secret.startsWith(`${scope.toLowerCase().replace(/\/$/, '')}/`),
	);
}
function roleMissingVerdict(state, code) {
	const { vault, grants, target, identity } = state;
	const covering = vault && grants && coveringGrants(vault, target.secretName, grants);
	const granted = covering?.find(({ readsSecrets }) => readsSecrets);
	const scope = vault ? `${vault.id}/secrets/${argument(target.secretName, 'NAME')}` : 'SECRET_ID';
	return {
		link: 'vault-role',
		seen: granted
			? `${capitalize(describeVault(state))} refused the identity (${code}), although the identity has the role ${quote_quote(granted.role)} on ${quote_quote(shortScope(granted.scope))}.`
			: `The identity has no role that allows it to read ${describeSecret(state)} in ${describeVault(state)}${inBrackets(code)}. ${describeGrants(state)}`,
		remedy: `Assign Key Vault Secrets User on the secret to the identity. setup-vault does this with its input principal-id, or:\naz role assignment create --role "Key Vault Secrets User" --assignee-object-id ${argument(identity?.principalId, 'PRINCIPAL_ID')} --assignee-principal-type ServicePrincipal --scope ${argument(scope, 'SECRET_ID')}\nAzure applies a new assignment after seconds to minutes.`,
		final: covering?.every(({ readsSecrets }) => readsSecrets === false) ?? false,
	};
}
function policyMissingVerdict(state, code) {
	const { vault, identity, target } = state;
	return {
		link: 'vault-access-policy',
		seen: `${capitalize(describeVault(state))} uses access policies, and no policy grants the identity the secret permission "get"${inBrackets(code)}.`,
		remedy: `Run setup-vault with this vault and the principal-id of the identity, or:\naz keyvault set-policy --name ${argument(target.vaultName, 'VAULT')} --object-id ${argument(identity?.principalId, 'PRINCIPAL_ID')} --secret-permissions get`,
		final: Boolean(vault && identity && !secretPermissions(vault, identity.principalId)),
	};
}
function checkSecret(state, finding, now) {
	const { secret } = state;
	const code = finding?.code ?? '';
	if (code === 'SecretNotFound' || (!code && secret === null)) return secretNotFoundVerdict(state, code, '');
	if (code === 'SecretDisabled' || (!code && secret?.enabled === false)) {
		return {
			link: 'secret-disabled',
			seen: `${capitalize(describeSecret(state))} in ${describeVault(state)} is disabled${inBrackets(code)}.`,
			remedy: `Enable the secret, or write a new version:\n${setAttributes(state, '--enabled true')}`,
			final: true,
		};
	}
	return code ? undefined : checkSecretPeriod(state, now);
}
function checkSecretPeriod(state, now) {
	const period = invalidPeriod(state.secret, now);
	if (!period) return undefined;
	return {
		link: period.early ? 'secret-not-yet-valid' : 'secret-expired',
		seen: `${capitalize(describeSecret(state))} in ${describeVault(state)} ${period.text}. Key Vault returns it, but programs and drivers that check the time reject it.`,
		remedy: `Write a new version, or change the time:\n${setAttributes(state, `${period.early ? '--not-before' : '--expires'} YYYY-MM-DDTHH:MM:SSZ`)}`,
		final: false,
	};
}
function setAttributes({ target }, option) {
	return `az keyvault secret set-attributes --vault-name ${argument(target.vaultName, 'VAULT')} --name ${argument(target.secretName, 'NAME')} ${option}`;
}
function invalidPeriod(secret, now) {
	const date = seconds => new Date(seconds * 1000).toISOString();
	if (secret?.notBefore !== undefined && now < secret.notBefore)
		return { early: true, text: `is not valid before ${date(secret.notBefore)}` };
	if (secret?.expires !== undefined && now >= secret.expires)
		return { early: false, text: `expired at ${date(secret.expires)}` };
	return undefined;
}
function secretNotFoundVerdict(state, code, more) {
	return {
		link: 'secret-not-found',
		seen: `${capitalize(describeVault(state))} has no ${describeSecret(state)}${inBrackets(code)}. ${more}`,
		remedy: `Set secret-name to the output secret-name of setup-vault, or run setup-vault with this secret-name. To list the existing secrets:\naz keyvault secret list --vault-name ${argument(state.target.vaultName, 'VAULT')} --query "[].name"`,
		final: true,
	};
}
function describeGrants({ target, grants }) {
	if (!grants) return '';
	const onVaults = grants.filter(grant => /\/providers\/Microsoft\.KeyVault\//i.test(grant.scope));
	if (onVaults.length === 0) return 'The identity has no role on any vault that the caller can see.';
	const each = onVaults.map(({ role, scope }) => `${quote_quote(role)} on ${quote_quote(shortScope(scope))}`);
	const vault = `/vaults/${target.vaultName}/`.toLowerCase();
	const here = onVaults.some(({ scope }) => `${scope}/`.toLowerCase().includes(vault));
	return `It has ${each.join(', ')}${here ? '' : `, which is not ${quote_quote(target.vaultName)}`}.`;
}
function shortScope(scope) {
	return scope.split('/').slice(7).join('/') || scope;
}
function describeVault({ target }) {
	return target.vaultName ? `vault ${quote_quote(target.vaultName)}` : 'the vault';
}
function describeSecret({ target }) {
	return target.secretName ? `secret ${quote_quote(target.secretName)}` : 'secrets';
}
function inBrackets(code) {
	return code && ` (${code})`;
}

// actions/shared/diagnosis/check-cluster.js

function checkCluster(state) {
	return checkServiceAccount(state) ?? checkPod(state) ?? checkStart(state);
}
const ONLY_AT_CREATION = 'the webhook mutates a pod only when the pod is created.';
const RECREATE = `Then recreate the pod: ${ONLY_AT_CREATION}`;
function annotateCommand({ namespace, serviceAccount }, options = '') {
	return `kubectl annotate serviceaccount ${serviceAccount} --namespace ${namespace} ${options}azure.workload.identity/client-id=CLIENT_ID`;
}
function checkServiceAccount(state) {
	const { target, annotations, pod } = state;
	const account = quote_quote(nameOf(target));
	if (annotations === null) {
		return {
			link: 'service-account-missing',
			seen: `Service account ${account} does not exist.`,
			remedy:
				'Run federate-identity before this step, with the kubeconfig and the issuer of this cluster. It creates the service account.',
			final: true,
		};
	}
	if (annotations?.clientId === '' && (pod === undefined || (pod && lacksIdentity(pod, state)))) {
		return {
			link: 'service-account-not-annotated',
			seen: `Service account ${account} has no annotation azure.workload.identity/client-id, so its pods do not know which identity to use.`,
			remedy: `Run federate-identity for this service account, or annotate it with the client ID of the managed identity:\n${annotateCommand(target)}\n${RECREATE}`,
			final: true,
		};
	}
	return undefined;
}
function lacksIdentity(pod, { log }) {
	const named = pod.spec.containers.some(({ env = [] }) =>
		env.some(({ name }) => name === 'AZURE_CLIENT_ID'),
	);
	return !named && lastFinding(log)?.code === CLIENT_NOT_CONFIGURED;
}
function checkPod(state) {
	const { target, annotations, pod, events } = state;
	if (pod === undefined) return undefined;
	if (pod === null) return target.podName ? podGoneVerdict(target) : podNotCreatedVerdict(target, events);
	const name = quote_quote(`${target.namespace}/${pod.metadata.name}`);
	if (variable(pod, TOKEN_FILE) === undefined) return notMutatedVerdict(name, pod, state.webhook);
	const clientId = variable(pod, 'AZURE_CLIENT_ID');
	if (annotations?.clientId && (clientId ? clientId !== annotations.clientId : lacksIdentity(pod, state))) {
		return {
			link: 'pod-of-another-identity',
			seen: `Pod ${name} has ${clientId ? `the client ID ${quote_quote(clientId)}` : 'no client ID'}, but its service account is annotated with ${quote_quote(annotations.clientId)}.`,
			remedy: `If the annotation is wrong, correct it:\n${annotateCommand(target, '--overwrite ')}\n${RECREATE} (deploy-workload does this with replace: true.)`,
			final: true,
		};
	}
	return undefined;
}
function podGoneVerdict({ namespace, podName }) {
	return {
		link: 'pod-gone',
		seen: `Pod ${quote_quote(`${namespace}/${podName}`)} no longer exists. Something deleted it while this step watched it.`,
		remedy: `Find what deleted the pod, then run this step again:\nkubectl get events --namespace ${namespace} --sort-by .lastTimestamp`,
		final: true,
	};
}
function podNotCreatedVerdict(target, events = []) {
	return {
		link: 'pod-not-created',
		seen: `Service account ${quote_quote(nameOf(target))} has no pod: ${sentence(events.at(-1) ?? 'no event reports why')}`,
		remedy:
			'Fix what the message reports. It comes from the API server or an admission webhook: the service account, a quota, or the Pod Security Standard of the namespace.',
		final: false,
	};
}
function notMutatedVerdict(name, pod, webhook) {
	const seen = `The workload identity webhook did not mutate pod ${name}, so the pod has no token.`;
	if (pod.metadata.labels?.[USE_LABEL] !== 'true') {
		return {
			link: 'pod-not-labelled',
			seen: `${seen} The pod does not have the label ${USE_LABEL}: "true". On a service account or a deployment, the label has no effect.`,
			remedy: `Add this label to the pod, or to the pod template of its deployment or job (spec.template.metadata.labels):\n${USE_LABEL}: "true"\n${RECREATE}`,
			final: true,
		};
	}
	if (webhook === true) {
		return {
			link: 'pod-not-mutated',
			seen: `${seen} The pod has the label, and the cluster has the webhook. Either the pod is older than one of them, or its annotation azure.workload.identity/skip-containers lists the container.`,
			remedy: `Remove the container from the annotation if it is listed. ${RECREATE}`,
			final: true,
		};
	}
	return {
		link: 'webhook-missing',
		seen: `${seen} The pod has the label. ${webhook === undefined ? 'Either the cluster does not have the webhook, or the pod is older than the webhook.' : 'The cluster does not have the webhook.'}`,
		remedy: `Enable workload identity on the cluster. create-cluster does this, or:\naz aks update --resource-group GROUP --name CLUSTER --enable-oidc-issuer --enable-workload-identity\n${RECREATE}`,
		final: true,
	};
}
function checkStart({ pod, events = [], target: { namespace } }) {
	if (!pod) return undefined;
	const podName = pod.metadata.name;
	const describeCommand = `kubectl describe pod ${podName} --namespace ${namespace}`;
	const notStarted = (reason, message = 'the kubelet reports no reason') => ({
		link: 'container-not-started',
		seen: `A container of pod ${quote_quote(`${namespace}/${podName}`)} does not start (${reason}): ${sentence(message)}`,
		remedy: `Fix what the kubelet reports:\n${describeCommand}`,
		final: false,
	});
	const conditions = pod.status?.conditions ?? [];
	const unscheduled = conditions.find(each => each.type === 'PodScheduled' && each.status === 'False');
	if (unscheduled) {
		return {
			link: 'pod-not-scheduled',
			seen: `No node accepts pod ${quote_quote(`${namespace}/${podName}`)}: ${sentence(unscheduled.message ?? 'the scheduler reports no reason')}`,
			remedy: `Add a Linux node with enough free CPU and memory, or correct the node selector, affinity, or tolerations of the pod:\n${describeCommand}`,
			final: false,
		};
	}
	for (const { name, state } of containerStatuses(pod)) {
		const { reason = '', message = '' } = state?.waiting ?? {};
		if (/^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(reason)) {
			const said = [message, ...events.toReversed()].find(text => PULL_REASON.test(text)) ?? message;
			const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
			const container = containers.find(each => each.name === name) ?? containers[0];
			return imagePullVerdict(container?.image ?? '', said, describeCommand);
		}
		if (/^Err|Error|CreateContainer/.test(reason)) return notStarted(reason, message || events.at(-1));
	}
	const unmounted = events.findLast(text => /MountVolume|Unable to attach or mount volumes/.test(text));
	if (unmounted && pod.status?.phase === 'Pending' && !/AADSTS|Forbidden|SecretNotFound/.test(unmounted))
		return notStarted('a volume is missing', unmounted);
	return undefined;
}
function sentence(text) {
	return `${shorten(text).replace(/[.\s]+$/, '')}.`;
}
const NOT_FOUND = /NotFound|not found|manifest unknown/i;
const NOT_ALLOWED = /\b40[13]\b|unauthorized|authentication required|denied/i;
const PULL_REASON = new RegExp(`${NOT_FOUND.source}|${NOT_ALLOWED.source}|failed to pull`, 'i');
function imagePullVerdict(image, said, describeCommand) {
	const [host = '', ...path] = image.split('/');
	const registry = argument(host.split('.')[0], 'REGISTRY');
	if (NOT_FOUND.test(said)) {
		const repository = argument(path.join('/').replace(/[:@].*/, ''), 'REPOSITORY');
		return {
			link: 'image-not-found',
			seen: `The registry does not have image ${quote_quote(image)}: ${shorten(said)}`,
			remedy: `Build the image with build-image, and deploy its output image. To list the existing tags:\naz acr repository show-tags --name ${registry} --repository ${repository}`,
			final: true,
		};
	}
	if (NOT_ALLOWED.test(said)) {
		return {
			link: 'image-pull-denied',
			seen: `The nodes are not allowed to pull image ${quote_quote(image)}: ${shorten(said)}`,
			remedy: `Assign AcrPull on ${quote_quote(host)} to the kubelet identity of the cluster. create-cluster does this with registry-name, or:\naz aks update --resource-group GROUP --name CLUSTER --attach-acr ${registry}\nAzure applies a new assignment after some minutes.`,
			final: false,
		};
	}
	return {
		link: 'image-pull-failed',
		seen: `The nodes could not pull image ${quote_quote(image)}: ${shorten(said) || 'the kubelet reports no reason'}`,
		remedy: `Check that the nodes reach ${quote_quote(host)}. The events of the pod show each attempt:\n${describeCommand}`,
		final: false,
	};
}
const BACKOFF_RESET_SECONDS = 600;
function checkCrash({ pod, log, target }, now) {
	for (const { name, restartCount, state, lastState } of (pod && containerStatuses(pod)) || []) {
		const { startedAt } = state?.running ?? {};
		const young = startedAt !== undefined && now - Date.parse(startedAt) / 1000 < BACKOFF_RESET_SECONDS;
		const crashing = !state?.running || young;
		const ended = state?.terminated ?? (crashing ? lastState?.terminated : undefined);
		if (!ended || ended.exitCode === 0) continue;
		const reason = ended.reason ? ` (${ended.reason})` : '';
		const restarts = restartCount > 0 ? ` The kubelet restarted it ${restartCount} times.` : '';
		const previous = state?.terminated ? '' : ' --previous';
		return {
			link: 'container-crashed',
			seen: `Container ${quote_quote(name ?? '')} ended with exit code ${ended.exitCode}${reason}.${restarts} Its log reports no broken link. Last line: ${shorten(log.at(-1) ?? '(none)')}`,
			remedy: `Read the log and fix the program:\nkubectl logs ${target.podName} --namespace ${target.namespace} --container ${argument(name, 'CONTAINER')}${previous}\nIf the reason is OOMKilled, increase the memory limit of the container.`,
			final: false,
		};
	}
	return undefined;
}

// actions/shared/diagnosis/claims.js

async function readClaims(workload, pod, kubectl, optional) {
	const { namespace, serviceAccount } = workload;
	const audience = (pod && projectedToken(pod)?.audience) ?? USUAL_AUDIENCE;
	const claims = await optional.readOrSkip(async () => {
		const token = await kubectl([
			...['create', 'token', serviceAccount, '--namespace', namespace],
			...['--audience', audience, '--duration', '10m'],
		]);
		setSecret(token.trim());
		return parseClaims(token);
	});
	if (claims) return claims;
	const issuer = await optional.readOrNote("the issuer of the service account's tokens", async () => {
		const discovery = JSON.parse(await kubectl(['get', '--raw', '/.well-known/openid-configuration']));
		return String(discovery.issuer);
	});
	return { issuer, subject: workloads_subjectOf(workload), audience };
}
function parseClaims(token) {
	let claims;
	try {
		claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
	} catch {
		throw new Error('The cluster returned a token that is not a JSON Web Token.');
	}
	const { iss, sub, aud } = claims;
	const audience = Array.isArray(aud) ? aud[0] : aud;
	if (typeof iss !== 'string' || typeof sub !== 'string' || typeof audience !== 'string')
		throw new Error('The token of the cluster has no iss, sub, or aud claim.');
	return { issuer: iss, subject: sub, audience };
}

// actions/shared/diagnosis/diagnose.js

function diagnose(state, now = Date.now() / 1000) {
	const finding = lastFindingOf(state);
	const inCluster = checkCluster(state);
	if (inCluster || finding?.code === VALUE_SHOWN) return inCluster;
	return checkFederation(state, finding) ?? checkVault(state, finding, now) ?? checkCrash(state, now);
}
function diagnoseUnverified(state) {
	return (
		diagnose(state) ??
		(lastFindingOf(state)?.code === VALUE_SHOWN ? otherValueVerdict(state) : noAnswerVerdict(state))
	);
}
function lastFindingOf({ log, events = [] }) {
	const mounting = events.filter(text => /MountVolume/.test(text));
	return lastFinding([...mounting, ...log]);
}
function otherValueVerdict({ target }) {
	return {
		link: 'other-value',
		seen: `The pod reads secret ${quote_quote(target.secretName)} from vault ${quote_quote(target.vaultName)}, but the SHA-256 of the value is not secret-sha256.`,
		remedy:
			'Set secret-sha256 to the output of the setup-vault step that wrote the secret last. Another step wrote the secret later, or wrote to another vault.',
		final: false,
	};
}
function noAnswerVerdict({ target, pod, log }) {
	const ended = pod && containerStatus(pod)?.state?.terminated;
	return {
		link: 'no-answer',
		seen: `The log of pod ${quote_quote(`${target.namespace}/${target.podName}`)} shows neither a secret nor a refusal${ended ? `, and its container ended with exit code ${ended.exitCode}` : ''}. Last line: ${log.at(-1) ?? '(none)'}`,
		remedy: `Use an image whose program prints "Secret value: " and the value. To read the log:\nkubectl logs ${target.podName} --namespace ${target.namespace}`,
		final: false,
	};
}

// actions/shared/diagnosis/optional-reads.js

class OptionalReads {
	unseen = [];
	async readOrNote(what, work) {
		try {
			return await work();
		} catch (error) {
			if (error instanceof Interrupted) throw error;
			this.note(what, reasonOf(error));
			return undefined;
		}
	}
	async readOrSkip(work) {
		try {
			return await work();
		} catch (error) {
			if (error instanceof Interrupted) throw error;
			return undefined;
		}
	}
	note(what, reason) {
		const phrase = `${what} (${reason})`;
		if (!this.unseen.includes(phrase)) this.unseen.push(phrase);
	}
}
function reasonOf(error) {
	if (!(error instanceof CommandFailed)) {
		const text = error instanceof Error ? error.message : String(error);
		const missing = missingTool(error);
		return missing ? `${missing} is not on PATH` : text.slice(0, 200);
	}
	if (error.is('login-required')) return 'az is not logged in';
	if (error.is('forbidden') || error.is('not-authorized')) return 'the caller is not allowed to';
	const line = error.errorText.split('\n').find(each => /^(ERROR|Error|error)\b/.test(each)) ?? '';
	return error.code ?? (line.slice(0, 200) || `exit code ${error.exitCode}`);
}

// actions/shared/diagnosis/read-state.js

async function readState(start, { kubectl, azure }) {
	const optional = new OptionalReads();
	let state = await readCluster(start, kubectl, optional);
	const finding = lastFindingOf(state);
	if (checkCluster(state) || finding?.code === VALUE_SHOWN) return withUnseen(state, optional);
	state = await readIdentity(state, azure, optional);
	if (!showsExchange(finding)) state = await readTrust(state, { kubectl, azure }, optional);
	if (checkFederation(state, finding) || finding?.code.startsWith('AADSTS'))
		return withUnseen(state, optional);
	return withUnseen(await readVault(state, azure, optional), optional);
}
async function readWholeState(start, { kubectl, azure }) {
	const optional = new OptionalReads();
	let state = await readCluster(start, kubectl, optional);
	state = await readIdentity(state, azure, optional);
	state = await readTrust(state, { kubectl, azure }, optional);
	state = await readVault(state, azure, optional);
	return withUnseen(state, optional);
}
function withUnseen(state, { unseen }) {
	return { ...state, unseen: [...new Set([...state.unseen, ...unseen])] };
}
async function readIdentity(state, azure, optional) {
	const clientId = requestedClientId(state);
	if (!clientId)
		optional.note(
			'the identity',
			'neither the environment of the pod nor its service account has a client ID',
		);
	const subscription = await optional.readOrNote('Azure', () => azure.subscription());
	if (!clientId || !subscription) return state;
	const identity = await optional.readOrNote('the identity', () => azure.identity(clientId));
	if (identity === null)
		optional.note(
			`identity ${quote_quote(clientId)}`,
			`subscription ${subscription} has no such managed identity that the caller can see`,
		);
	return { ...state, identity };
}
async function readTrust(state, { kubectl, azure }, optional) {
	const { identity } = state;
	const [claims, credentials] = await Promise.all([
		readClaims(state.target, state.pod, kubectl, optional),
		identity &&
			optional.readOrNote('the federated credentials of the identity', () => azure.credentials(identity)),
	]);
	return { ...state, claims, credentials: credentials ?? undefined };
}
async function readVault(state, azure, optional) {
	const { target, identity } = state;
	const subscription = await optional.readOrNote('Azure', () => azure.subscription());
	if (!target.vaultName || !subscription) return state;
	const vault = await optional.readOrNote(`vault ${quote_quote(target.vaultName)}`, () =>
		azure.vault(target.vaultName),
	);
	if (vault === null)
		optional.note(
			`vault ${quote_quote(target.vaultName)}`,
			`not in subscription ${subscription}; the action reads no other`,
		);
	if (!vault) return { ...state, vault };
	const scope = target.secretName ? `${vault.id}/secrets/${target.secretName}` : vault.id;
	const [grants, secret] = await Promise.all([
		identity && optional.readOrNote('the roles of the identity', () => azure.grants(identity, scope)),
		target.secretName
			? optional.readOrNote(`secret ${quote_quote(target.secretName)}`, () =>
					azure.secret(vault, target.secretName),
				)
			: undefined,
	]);
	const { principalId = '' } = identity ?? {};
	if (!usesRoles(vault) && !secretPermissions(vault, principalId) && letsOthersRead(vault, principalId))
		optional.note(
			`access of groups to vault ${quote_quote(vault.name)}`,
			'the action does not read group members',
		);
	return { ...state, vault, grants: grants ?? undefined, secret };
}

// actions/shared/diagnosis/trust-chain.js

async function readTrustChain(target, sources) {
	return trustChainOf(await readWholeState({ target, log: [], unseen: [] }, sources));
}
function trustChainOf(state) {
	const { target, claims, credentials, identity, vault, secret } = state;
	const clientId = requestedClientId(state);
	const nearest = credentials && claims && nearestCredential(credentials, claims);
	return {
		workload: nameOf(target),
		issuer: claims?.issuer ?? null,
		subject: claims?.subject ?? null,
		audience: claims?.audience ?? null,
		credential: nearest?.differs.length === 0 && claims?.issuer ? nearest.credential.name : null,
		identity: clientId ? { name: identity?.name ?? null, clientId } : null,
		access: accessOf(state),
		vault: vault?.name ?? (target.vaultName || null),
		secret: target.secretName ? { name: target.secretName, version: secret?.version ?? null } : null,
	};
}
function accessOf({ target, identity, vault, grants }) {
	if (!identity || !vault) return null;
	if (!usesRoles(vault)) {
		const permissions = secretPermissions(vault, identity.principalId);
		return permissions ? { kind: 'access policy', name: permissions.join(', '), scope: vault.id } : null;
	}
	const grant = coveringGrants(vault, target.secretName, grants ?? []).find(
		({ readsSecrets }) => readsSecrets,
	);
	return grant ? { kind: 'role', name: grant.role, scope: grant.scope } : null;
}

// actions/shared/logged-in-identity.js

async function readLoggedInIdentity(az) {
	const token = await az(['account', 'get-access-token', '--query', 'accessToken']);
	setSecret(token);
	return identityOfToken(token);
}
function identityOfToken(token) {
	let claims;
	try {
		claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
	} catch {
		claims = undefined;
	}
	const { oid, idtyp } = claims ?? {};
	if (typeof oid !== 'string')
		throw new Error('The token of az for Azure Resource Manager contains no object ID.');
	return { objectId: oid, principalType: idtyp === 'app' ? 'ServicePrincipal' : 'User' };
}

// actions/shared/pending-role-assignments.js

const YOUNG_SECONDS = 900;
const pending_role_assignments_API_VERSION = '2022-04-01';
async function findPendingRole(az, denied, now) {
	const subscription = /^\/subscriptions\/[^/]+/.exec(denied.scope)?.[0];
	if (!subscription) return undefined;
	try {
		const { objectId } = await readLoggedInIdentity(az);
		const { value } = await read(
			az,
			`${subscription}/providers/Microsoft.Authorization/roleAssignments?api-version=${pending_role_assignments_API_VERSION}&$filter=assignedTo('${objectId}')`,
		);
		for (const { properties } of value) {
			if (!properties) continue;
			if (!isWithin(denied.scope, properties.scope) || ageOf(properties, now) > YOUNG_SECONDS) continue;
			const { properties: role } = await read(
				az,
				`${properties.roleDefinitionId}?api-version=${pending_role_assignments_API_VERSION}`,
			);
			const permissions = role.permissions.map(each => ({
				...each,
				condition: properties.condition ?? null,
			}));
			if (allows(permissions, denied.action, denied)) return role.roleName;
		}
		return undefined;
	} catch (error) {
		if (error instanceof CommandFailed) return undefined;
		throw error;
	}
}
function read(az, url) {
	return az(['rest', '--method', 'get', '--url', url]);
}
function ageOf({ createdOn, updatedOn }, now) {
	return (now.getTime() - Date.parse(updatedOn || createdOn)) / 1000;
}
function isWithin(inner, outer) {
	const [one, other] = [inner.toLowerCase(), outer.toLowerCase().replace(/\/$/, '')];
	return one === other || one.startsWith(`${other}/`);
}
function deniedActionIn(error) {
	if (!command_errors_failedWith(error, 'action-denied')) return undefined;
	const { action, scope } = error.details('action-denied');
	return action && scope ? { action, scope } : undefined;
}

// actions/shared/role-assignments.js

const ROLES = {
	'Key Vault Secrets Officer': 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
	'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
	AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
	'Container Registry Repository Reader': 'b93aa761-3e63-49ed-ac28-beffa264f7ac',
};
function roleAssignmentId(scope, name) {
	return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}
async function ensureRoleAssignment({ az, time, log, retrySeconds }, assignment) {
	const { role, scope, principalId, principalType = 'ServicePrincipal', description } = assignment;
	const name = assignment.name ?? randomUUID();
	const shown = await retry(
		{
			what: `role ${role} for ${principalId}`,
			timeoutSeconds: retrySeconds,
			time,
			log,
			transient: error =>
				failedWith(error, 'principal-not-found')
					? 'the directory does not show this principal yet (PrincipalNotFound)'
					: undefined,
		},
		() =>
			az([
				...['role', 'assignment', 'create', '--name', name],
				...['--role', ROLES[role], '--scope', scope],
				...['--assignee-object-id', principalId, '--assignee-principal-type', principalType],
				...(description ? ['--description', description] : []),
			]),
	);
	return shown.name === name ? created(undefined) : alreadyThere(undefined);
}

// actions/shared/tool-versions.js

const tool_versions_FILE = 'tool-versions.jsonl';
const MAX_BYTES = 64 * 1024;
async function readToolVersions(folder, path) {
	const text = await runner_files_readEnd(
		(0, external_node_path_namespaceObject.join)(runner_files_jobFolder(folder), tool_versions_FILE),
		MAX_BYTES,
	).catch(() => '');
	const found = text.split('\n').flatMap(line => parse(line) ?? []);
	return Object.assign(
		{},
		...found
			.filter(each => each.path === path)
			.map(({ az, kubectl }) => ({ ...(az && { az }), ...(kubectl && { kubectl }) })),
	);
}
async function recordToolVersions(versions, folder, path) {
	await makeJobFolder(folder)
		.then(own =>
			appendText(
				(0, external_node_path_namespaceObject.join)(own, tool_versions_FILE),
				`${JSON.stringify({ path, ...versions })}\n`,
			),
		)
		.catch(() => {});
}
function parse(line) {
	try {
		const { path, az, kubectl } = JSON.parse(line) ?? {};
		const isText = value => value === undefined || typeof value === 'string';
		return [path, az, kubectl].every(isText) ? { path, az, kubectl } : undefined;
	} catch {
		return undefined;
	}
}

// actions/shared/versions.js
function isOlder(version, than) {
	const numbers = text => text.split('.').map(part => Number.parseInt(part, 10) || 0);
	const [one, other] = [numbers(version), numbers(than)];
	const at = other.findIndex((number, index) => number !== (one[index] ?? 0));
	return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}

// actions/shared/preflight.js

const TOOLS = {
	az: { oldest: '2.74.0', link: 'https://learn.microsoft.com/cli/azure/install-azure-cli' },
	kubectl: { oldest: '1.27.0', link: 'https://kubernetes.io/docs/tasks/tools/' },
};
async function preflight(inputs, requirements, tools) {
	const { PATH: path } = process.env;
	const folder = inputs.temporaryFolder;
	const known = folder ? await readToolVersions(folder, path) : {};
	const [az, kubectl, account] = await Promise.all([
		checkTool('az', async () => known.az ?? (await azVersion(tools.az))),
		requirements.kubectl
			? checkTool('kubectl', async () => known.kubectl ?? (await kubectlVersion(tools.kubectl(''))))
			: undefined,
		readAccount(inputs, tools),
	]);
	const problems = [az, kubectl, account].filter(part => part instanceof Problem).map(({ text }) => text);
	if (!(account instanceof Problem)) {
		problems.push(...unexpectedAccount(inputs, account));
		tools.useSubscription(account.subscriptionId);
		if (problems.length === 0) {
			const [tokenProblems, checked] = await Promise.all([
				requestTokens(requirements.tokens ?? [], tools.az),
				checkRequirements(account, inputs, requirements, tools),
			]);
			problems.push(...tokenProblems, ...checked.problems);
			if (problems.length === 0) {
				if (folder && !(az instanceof Problem) && !(kubectl instanceof Problem))
					await recordToolVersions({ az, kubectl }, folder, path);
				const versions = `az ${az}${kubectl === undefined ? '' : `, kubectl ${kubectl}`}`;
				tools.log.info(
					`Preflight: ${versions}, subscription ${account.subscriptionId}, tenant ${account.tenantId}.`,
				);
				return { ...account, state: checked.state };
			}
		}
	}
	throw new InvalidInputs([...new Set(problems)], 'problems to fix before this step can run');
}
async function requestTokens(audiences, az) {
	const problems = audiences.map(async audience => {
		try {
			const resource = audience === 'registry' ? REGISTRY_RESOURCE : await vaultResource(az);
			await az(['account', 'get-access-token', '--resource', resource, '--query', 'expiresOn']);
			return [];
		} catch (error) {
			if (loginExpired(error)) return [describeFailure(error)];
			if (error instanceof CommandFailed) return [];
			throw error;
		}
	});
	return (await Promise.all(problems)).flat();
}
const REGISTRY_RESOURCE = 'https://containerregistry.azure.net';
async function vaultResource(az) {
	const { suffixes } = await currentCloud(az);
	return `https://${suffixes.keyvaultDns.replace(/^\./, '')}`;
}
async function checkRequirements(account, { retrySeconds }, requirements, { az, time, log }) {
	let unmet = [];
	const options = {
		what: 'Permissions',
		timeoutSeconds: retrySeconds,
		firstWaitSeconds: 5,
		longestWaitSeconds: 30,
	};
	try {
		return await poll({ ...options, time, log }, async () => {
			const { state, problems, missing } = await checkOnce(account, requirements, az);
			unmet = [...problems, ...missing.map(({ text }) => text)];
			if (problems.length > 0 || missing.length === 0) return { value: { problems: unmet, state } };
			const roles = await Promise.all(missing.map(({ denied }) => findPendingRole(az, denied, new Date())));
			if (!roles.includes(undefined))
				return { state: `Azure does not apply the role ${[...new Set(roles)].join(' and ')} yet` };
			const refused = missing.find(({ error }) => error !== undefined);
			if (refused) throw refused.error;
			return { value: { problems: unmet, state } };
		});
	} catch (error) {
		if (error instanceof TimedOut) return { problems: unmet };
		throw error;
	}
}
async function checkOnce(account, requirements, az) {
	try {
		const state = await requirements.readState?.();
		const { permissions = [], problems = [] } = (await requirements.requirementsOf?.(state)) ?? {};
		const all = [...(requirements.permissions ?? []), ...permissions];
		return { state, problems, missing: await missingPermissions(account, all, az) };
	} catch (error) {
		const denied = deniedActionIn(error);
		if (!denied) throw error;
		return { problems: [], missing: [{ text: describeFailure(error), denied, error }] };
	}
}
class Problem {
	text;
	constructor(text) {
		this.text = text;
	}
}
async function checkTool(tool, ask) {
	const { oldest, link } = TOOLS[tool];
	try {
		const version = await ask();
		if (!isOlder(version, oldest)) return version;
		return new Problem(`${tool} has version ${quote_quote(version)}. Install ${oldest} or later: ${link}`);
	} catch (error) {
		if (isMissing(error)) return notOnPath(tool);
		throw error;
	}
}
async function azVersion(az) {
	return (await az(['version']))['azure-cli'];
}
async function kubectlVersion(kubectl) {
	const text = await kubectl(['version', '--client', '--output', 'json']);
	const { clientVersion } = JSON.parse(text);
	return clientVersion.gitVersion.replace(/^v/, '');
}
function isMissing(error) {
	return missingTool(error) !== undefined;
}
function notOnPath(tool) {
	const { oldest, link } = TOOLS[tool];
	return new Problem(`${tool} was not found on PATH. Install ${oldest} or later: ${link}`);
}
async function readAccount(inputs, tools) {
	try {
		if (inputs.clientId) await logIn(inputs, tools);
		const { id, tenantId } = await tools.az(['account', 'show']);
		return { subscriptionId: id, tenantId };
	} catch (error) {
		if (isMissing(error)) return notOnPath('az');
		if (!(error instanceof CommandFailed)) throw error;
		if (error.is('login-required')) return new Problem(NOT_LOGGED_IN);
		if (error.explanation) return new Problem(describeFailure(error));
		throw error;
	}
}
const NOT_LOGGED_IN = `az is not logged in, and the input client-id is empty. Set these inputs, so that the action logs in itself:
    with:
      client-id: \${{ vars.AZURE_CLIENT_ID }}
      tenant-id: \${{ vars.AZURE_TENANT_ID }}
      subscription-id: \${{ vars.AZURE_SUBSCRIPTION_ID }}
  Also set permissions: id-token: write for the job. If the repository does not have these variables, npm run setup-azure creates them.`;
function unexpectedAccount(inputs, account) {
	const problems = [];
	if (inputs.tenantId && !same(inputs.tenantId, account.tenantId))
		problems.push(
			`tenant-id is ${quote_quote(inputs.tenantId)}, but az is logged in to tenant ${quote_quote(account.tenantId)}. Correct the input, or log in to that tenant: az login --tenant ${inputs.tenantId}`,
		);
	if (inputs.subscriptionId && !same(inputs.subscriptionId, account.subscriptionId))
		problems.push(
			`subscription-id is ${quote_quote(inputs.subscriptionId)}, but az uses subscription ${quote_quote(account.subscriptionId)}. Correct the input, or run: az account set --subscription ${inputs.subscriptionId}`,
		);
	return problems;
}
function same(one, other) {
	return one.toLowerCase() === other.toLowerCase();
}
async function missingPermissions(account, required, az) {
	const subscription = `/subscriptions/${account.subscriptionId}`;
	const scopes = new Map();
	const at = scope => {
		const known = scopes.get(scope) ?? permissionsAt(az, scope);
		scopes.set(scope, known);
		return known;
	};
	const problems = await Promise.all(
		required.map(async ({ action, resourceGroup, resource, onData, role, remedy, unless }) => {
			const group = resourceGroup && `${subscription}/resourceGroups/${resourceGroup}`;
			let seen = false;
			for (const scope of [subscription, group, resource].filter(text => text)) {
				const permissions = await at(scope);
				seen ||= permissions !== undefined;
				if (permissions && allows(permissions, action, { onData, roleId: role && ROLES[role] })) return [];
			}
			if (!seen) return [];
			if (await unless?.()) return [];
			const where = resourceGroup
				? `resource group ${quote_quote(resourceGroup)}`
				: `subscription ${quote_quote(account.subscriptionId)}`;
			const what = role ? `assign the role ${role}` : `perform ${action}`;
			return [
				{
					text: `The identity that az is logged in as is not allowed to ${what} in ${where}. Assign it the role ${remedy} there, and run this step again. It waits until Azure applies a new assignment.`,
					denied: { action, scope: resource ?? (group || subscription), onData, roleId: role && ROLES[role] },
				},
			];
		}),
	);
	return problems.flat();
}

// actions/deploy-workload/context.js

function qualifiedName({ namespace, name }) {
	return `${namespace}/${name}`;
}
function diagnosisTarget({ vaultName, secretName }, target, podName) {
	const { namespace, serviceAccount } = target;
	return { namespace, serviceAccount, podName, vaultName, secretName };
}
function diagnosisError(state, { documentation }) {
	const verdict = diagnoseUnverified(state);
	const outputs = { verdict: verdict.link, diagnosis: verdict.seen };
	return verdictError(verdict, state.unseen, documentation, outputs);
}

// actions/shared/diagnosis/evidence.js

function printEvidence({ target, pod, claims, events = [], log }, print = printUntrusted) {
	const name = `${target.namespace}/${pod?.metadata.name ?? target.serviceAccount}`;
	const claimLine = claims
		? `\nClaims:          issuer ${claims.issuer ?? '(could not be read)'}, subject ${claims.subject}, audience ${claims.audience}`
		: '';
	if (pod) print(`Pod ${name}`, redact(describePod(pod)) + claimLine);
	if (events.length > 0) print(`Events of ${name}`, redact(events.join('\n')));
	if (log.length > 0) print(`Last log lines of ${name}`, redact(log.join('\n')));
}
function describePod(pod) {
	const { metadata, spec, status } = pod;
	const token = projectedToken(pod);
	const annotations = Object.entries(metadata.annotations ?? {}).filter(([name]) =>
		name.startsWith('azure.workload.identity/'),
	);
	return [
		`Name:            ${metadata.name}`,
		`Namespace:       ${metadata.namespace ?? ''}`,
		`Service account: ${spec.serviceAccountName ?? 'default'}`,
		`Node:            ${spec.nodeName ?? 'none'}`,
		`Created:         ${metadata.creationTimestamp ?? 'unknown'}`,
		`Label:           ${USE_LABEL}=${metadata.labels?.[USE_LABEL] ?? '(not set)'}`,
		...annotations.map(([name, value]) => `Annotation:      ${name}=${value}`),
		`Phase:           ${status?.phase ?? 'unknown'}`,
		...(status?.conditions ?? []).map(
			each =>
				`Condition:       ${[each.type, each.status, each.reason, each.message].filter(Boolean).join(' ')}`,
		),
		`Projected:       ${token ? `audience ${token.audience}, expires after ${token.expirationSeconds} s, file ${token.path}` : 'no token for Azure'}`,
		...[...(spec.initContainers ?? []), ...spec.containers].flatMap(({ name, image, env = [] }) => [
			`Container:       ${name}, image ${image}`,
			...env.map(
				variable =>
					`  ${/^AZURE_(CLIENT_ID|TENANT_ID|FEDERATED_TOKEN_FILE|AUTHORITY_HOST)$/.test(variable.name) ? `${variable.name}=${variable.value}` : variable.name}`,
			),
		]),
		...containerStatuses(pod).map(
			({ name, restartCount, state }) =>
				`State:           ${name ?? ''}: ${JSON.stringify(state ?? {})}, ${restartCount} restarts`,
		),
	].join('\n');
}
const TOKEN = /\beyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g;
const NAMED =
	/((?:password|passwd|pwd|secret|client_secret|api[_-]?key|access[_-]?key|account[_-]?key|connection[_-]?string|sig|token|authorization)["']?\s*[=:]\s*["']?)(?:Bearer\s+)?[^\s"';&,]{4,}/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
function redact(text) {
	for (const [token] of text.matchAll(TOKEN)) setSecret(token);
	return text.replace(PRIVATE_KEY, '***').replace(TOKEN, '***').replace(NAMED, '$1***');
}

// actions/shared/diagnosis/pod-log.js

const VALUE = /^Secret value: (.*)$/;
const pod_log_SHORTEST_MASK = 8;
const MOST_MASKS = 50;
const LONGEST_MEMORY = 200;
const pod_log_LONGEST_LINE = 16 * 1024;
class PodLog {
	lines = [];
	values = 0;
	verified = false;
	#sha256;
	#masked = new Set();
	#secrets = new Set();
	constructor(sha256) {
		this.#sha256 = sha256;
	}
	addLine(line) {
		const printed = VALUE.exec(line)?.[1];
		if (printed !== undefined) this.#takeValue(printed);
		const safe = printed === undefined ? this.#withoutSecret(line) : 'Secret value: ***';
		this.lines.push(safe.slice(0, pod_log_LONGEST_LINE));
		if (this.lines.length > LONGEST_MEMORY) this.lines.shift();
		return safe;
	}
	#takeValue(printed) {
		this.values++;
		const forms = [printed, unescapeControls(printed)];
		const matches = forms.some(value => sha256(value) === this.#sha256);
		this.verified ||= matches;
		for (const value of forms) {
			if (value.length < pod_log_SHORTEST_MASK || (!matches && this.#masked.size >= MOST_MASKS)) continue;
			if (matches) this.#secrets.add(value);
			if (!this.#masked.has(value)) maskSecret(value);
			this.#masked.add(value);
		}
	}
	#withoutSecret(line) {
		let safe = line;
		for (const secret of this.#secrets) safe = safe.replaceAll(secret, '***');
		return safe;
	}
}
function sha256(value) {
	return (0, external_node_crypto_namespaceObject.createHash)('sha256').update(value, 'utf8').digest('hex');
}
function unescapeControls(text) {
	return text.replace(/\\(?:u[0-9a-f]{4}|[bfnrt\\])/g, sequence => JSON.parse(`"${sequence}"`));
}

// actions/shared/ownership.js

const MANAGED_BY = 'workload-identity-lab';
function tagOf(tags, name) {
	return Object.entries(tags ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
function labTagsProblem(tags, repository) {
	if (tagOf(tags, 'managed-by') !== MANAGED_BY) return `it has no tag managed-by=${MANAGED_BY}`;
	const owner = tagOf(tags, 'repository') ?? '';
	if (owner.toLowerCase() === repository.toLowerCase()) return undefined;
	const found = owner === '' ? 'it has no tag repository' : `its tag repository is ${quote(owner)}`;
	return `${found}, not ${quote(repository)}`;
}
function isLabOwned(tags, repository) {
	return Boolean(repository) && labTagsProblem(tags, repository) === undefined;
}
function describeOwner(tags) {
	const entries = Object.entries(tags ?? {}).slice(0, 10);
	if (entries.length === 0) return 'no tags';
	return `tags ${entries.map(([key, value]) => `${key}=${quote(value)}`).join(', ')}`;
}

// actions/deploy-workload/manifest.js

const NAME_LABEL = 'app.kubernetes.io/name';
const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
const DIGEST_ANNOTATION = 'workload-identity-lab/manifest-sha256';
const REPOSITORY_ANNOTATION = 'workload-identity-lab/repository';
const READY_FOLDER = '/var/run/wi-kv-test';
function manifest(target, client, clientId) {
	const { kind } = client;
	const spec = podSpec(target, client);
	const digest = (0, external_node_crypto_namespaceObject.createHash)('sha256')
		.update(JSON.stringify([kind, clientId, spec]))
		.digest('hex');
	const metadata = {
		name: target.name,
		namespace: target.namespace,
		labels: { [NAME_LABEL]: target.name, [MANAGED_BY_LABEL]: MANAGED_BY, [USE_LABEL]: 'true' },
		annotations: { [DIGEST_ANNOTATION]: digest, [REPOSITORY_ANNOTATION]: client.repository },
	};
	const { name: _, namespace: __, ...template } = metadata;
	switch (kind) {
		case 'pod':
			return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
		case 'deployment': {
			const selector = { matchLabels: { [NAME_LABEL]: target.name } };
			const objectSpec = { replicas: 1, selector, template: { metadata: template, spec } };
			return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: objectSpec };
		}
		case 'job': {
			const limits = { backoffLimit: 2, ttlSecondsAfterFinished: 3600 };
			const once = { ...spec, restartPolicy: 'Never' };
			const objectSpec = { ...limits, template: { metadata: template, spec: once } };
			return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: objectSpec };
		}
	}
}
function podSpec({ serviceAccount }, client) {
	const env = [
		{ name: 'KEY_VAULT_NAME', value: client.vaultName },
		{ name: 'SECRET_NAME', value: client.secretName },
		{ name: 'KEY_VAULT_DNS_SUFFIX', value: client.vaultDomain },
		...(client.kind === 'job'
			? [{ name: 'READS', value: '1' }]
			: [{ name: 'READY_FILE', value: `${READY_FOLDER}/ready` }]),
	];
	const container = {
		name: CONTAINER,
		image: client.image,
		imagePullPolicy: 'Always',
		env,
		securityContext: {
			allowPrivilegeEscalation: false,
			capabilities: { drop: ['ALL'] },
			readOnlyRootFilesystem: true,
		},
		resources: { requests: { cpu: '10m', memory: '96Mi' }, limits: { memory: '256Mi' } },
	};
	const fileExists = ['node', '--eval', 'require("node:fs").accessSync(process.env.READY_FILE)'];
	const ready = {
		readinessProbe: { exec: { command: fileExists }, periodSeconds: 10, timeoutSeconds: 5 },
		volumeMounts: [{ name: 'ready', mountPath: READY_FOLDER }],
	};
	const spec = {
		serviceAccountName: serviceAccount,
		automountServiceAccountToken: false,
		nodeSelector: { 'kubernetes.io/os': 'linux' },
		securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
		...(client.kind === 'job'
			? { containers: [container] }
			: {
					containers: [{ ...container, ...ready }],
					volumes: [{ name: 'ready', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
				}),
	};
	return spec;
}

// actions/deploy-workload/existing-object.js

function isOwn({ metadata }, { metadata: desired }) {
	return (
		metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY &&
		metadata.annotations?.[REPOSITORY_ANNOTATION] !== undefined &&
		metadata.annotations[REPOSITORY_ANNOTATION] === desired.annotations?.[REPOSITORY_ANNOTATION]
	);
}
function existing_object_describeOwner({ metadata }) {
	const repository = metadata.annotations?.[REPOSITORY_ANNOTATION];
	const manager = metadata.labels?.[MANAGED_BY_LABEL];
	if (manager === MANAGED_BY && repository !== undefined)
		return `deploy-workload for repository ${quote_quote(repository)}`;
	return manager ? `${quote_quote(manager)} (label ${MANAGED_BY_LABEL})` : 'another owner';
}
function hasSameManifest(one, other) {
	return one.metadata.annotations?.[DIGEST_ANNOTATION] === other.metadata.annotations?.[DIGEST_ANNOTATION];
}
function isFinished({ status }) {
	const ends = ['Complete', 'Failed'];
	return (status?.conditions ?? []).some(({ type, status }) => ends.includes(type) && status === 'True');
}
function listDifferences(existing, desired, clientId) {
	const [is, shouldBe] = [existing_object_podOf(existing), existing_object_podOf(desired)];
	const found = [];
	const compare = (what, value, wantedValue) => {
		if (value !== wantedValue)
			found.push(
				`${what} is ${value === undefined ? 'not set' : quote_quote(value)}, not ${quote_quote(wantedValue ?? '')}`,
			);
	};
	compare(`label ${USE_LABEL}`, is.metadata.labels?.[USE_LABEL], 'true');
	compare('service account', is.spec.serviceAccountName ?? 'default', shouldBe.spec.serviceAccountName);
	compare('image', imageOf(is), imageOf(shouldBe));
	for (const name of ['KEY_VAULT_NAME', 'SECRET_NAME'])
		compare(name, variable(is, name), variable(shouldBe, name));
	if (existing.kind === 'Pod') {
		if (variable(is, 'AZURE_FEDERATED_TOKEN_FILE') === undefined) found.push('the webhook did not mutate it');
		else compare('AZURE_CLIENT_ID', variable(is, 'AZURE_CLIENT_ID'), clientId);
	}
	if (found.length === 0 && !hasSameManifest(existing, desired))
		found.push('another version of this action created it, or it uses another identity');
	return found;
}
function existing_object_podOf({ metadata, spec }) {
	return 'template' in spec ? spec.template : { metadata, spec };
}
function imageOf({ spec }) {
	const { containers } = spec;
	return (containers.find(({ name }) => name === CONTAINER) ?? containers[0])?.image;
}

// actions/deploy-workload/find-pod.js

async function findPod(context, workload) {
	const { namespace, name } = workload.target;
	if (context.inputs.kind === 'pod') return getObject(context.kubectl, 'pod', name, namespace);
	const created = ({ metadata }) => metadata.creationTimestamp ?? '';
	return (await listPods(context, workload))
		.filter(pod => hasSameManifest(pod, workload.desired) && pod.metadata.deletionTimestamp === undefined)
		.sort((one, other) => created(one).localeCompare(created(other)))
		.at(-1);
}
async function listPods({ kubectl }, { target: { namespace, name } }) {
	const selector = ['--selector', `${NAME_LABEL}=${name}`];
	const text = await kubectl(['get', 'pods', '--namespace', namespace, ...selector, '--output', 'json']);
	return JSON.parse(text).items;
}
async function readCreationFailures({ kubectl }, { target, desired }) {
	const { namespace, name } = target;
	const query = ['--field-selector', 'reason=FailedCreate', '--output', 'json'];
	const text = await new OptionalReads().readOrSkip(() =>
		kubectl(['get', 'events', '--namespace', namespace, ...query]),
	);
	const { items } = JSON.parse(text ?? '{"items":[]}');
	const isOfWorkload = ({ involvedObject: { kind, name: object = '' } = {} }) =>
		desired.kind === 'Job'
			? kind === 'Job' && object === name
			: kind === 'ReplicaSet' && object.slice(0, object.lastIndexOf('-')) === name;
	return eventMessages(items.filter(isOfWorkload));
}

// actions/deploy-workload/ensure.js

async function ensureWorkload(context, workload) {
	const { kind, replace, documentation } = context.inputs;
	const { target, annotations, desired } = workload;
	const existing = await getObject(context.kubectl, kind, target.name, target.namespace);
	if (!existing) {
		await createWorkload(context, workload);
		return report_created(new Set());
	}
	const isBeingDeleted = existing.metadata.deletionTimestamp !== undefined;
	if (isBeingDeleted) {
		await recreateWorkload(context, workload);
		return changed(new Set());
	}
	requireOwn(existing, workload, documentation);
	if (kind === 'deployment') return updateDeployment(context, workload, existing);
	const different = listDifferences(existing, desired, annotations.clientId);
	const isDone = kind === 'job' && isFinished(existing);
	if (different.length === 0 && !isDone) return report_alreadyThere(undefined);
	if (!replace && !isDone) {
		const what = `The ${kind} ${quote_quote(qualifiedName(target))} exists from an earlier run and differs from the desired one: ${different.join('; ')}.`;
		throw new ActionFailed(
			what,
			`Set replace: true to delete and recreate it, or use another name (input name). A ${kind} cannot be changed in place.`,
			`${documentation}#pod-from-an-earlier-run`,
			{ verdict: 'pod-from-an-earlier-run', diagnosis: what },
		);
	}
	await recreateWorkload(context, workload);
	return changed(new Set());
}
function requireOwn(existing, { target, desired }, documentation) {
	if (isOwn(existing, desired)) return;
	const kind = existing.kind.toLowerCase();
	const what = `The ${kind} ${quote_quote(qualifiedName(target))} exists and was created by ${existing_object_describeOwner(existing)}. This action does not change or delete it.`;
	throw new ActionFailed(
		what,
		`Use another name (input name) or another namespace (input namespace). If nobody needs the ${kind}, delete it:\nkubectl delete ${kind} ${target.name} --namespace ${target.namespace}`,
		`${documentation}#object-of-another-owner`,
		{ verdict: 'object-of-another-owner', diagnosis: what },
	);
}
async function updateDeployment(context, workload, { metadata: { uid, generation } }) {
	const earlierPods = new Set((await listPods(context, workload)).map(({ metadata }) => metadata.uid));
	const { desired } = workload;
	const manifest = { ...desired, metadata: { ...desired.metadata, uid } };
	const applied = await explainRejection(context, workload, async () =>
		JSON.parse(
			await context.kubectl(['apply', '--filename', '-', '--output', 'json'], {
				input: JSON.stringify(manifest),
			}),
		),
	);
	const { metadata } = applied;
	return metadata.generation === generation ? report_alreadyThere(undefined) : changed(earlierPods);
}
async function recreateWorkload(context, workload) {
	const { kind, documentation } = context.inputs;
	const { target, desired } = workload;
	const reference = { kind, name: target.name, namespace: target.namespace };
	const canDelete = object => {
		if (object.metadata.deletionTimestamp === undefined) requireOwn(object, workload, documentation);
		return true;
	};
	const policy = desired.kind === 'Pod' ? 'Background' : 'Foreground';
	const deleted = await deleteObject(context.kubectl, reference, canDelete, policy);
	if (deleted) await waitUntilDeleted(context, reference, deleted);
	await createWorkload(context, workload);
}
async function recreatePod(context, workload, pod) {
	const { kind } = context.inputs;
	if (kind === 'job') return recreateWorkload(context, workload);
	const { name, namespace = '', uid } = pod.metadata;
	const reference = { kind: 'pod', name, namespace };
	const isThisPod = object => object.metadata.uid === uid && isOwn(object, workload.desired);
	const deleted = await deleteObject(context.kubectl, reference, isThisPod);
	if (!deleted || kind === 'deployment') return;
	await waitUntilDeleted(context, reference, deleted);
	await createWorkload(context, workload);
}
const DELETION_SECONDS = 300;
async function waitUntilDeleted(
	{ kubectl, inputs, tools: { time, log } },
	{ kind, name, namespace },
	{ metadata: { uid } },
) {
	let finalizers = [];
	const what = `Deletion of ${kind} ${namespace}/${name}`;
	const timeoutSeconds = Math.min(inputs.timeoutSeconds, DELETION_SECONDS);
	try {
		await poll(
			{ what, timeoutSeconds, firstWaitSeconds: 0.2, longestWaitSeconds: 3, time, log },
			async () => {
				const object = await getObject(kubectl, kind, name, namespace);
				if (!object || object.metadata.uid !== uid) return { value: true };
				finalizers = object.metadata.finalizers ?? [];
				return { state: finalizers.length > 0 ? `held by finalizers ${finalizers.join(', ')}` : 'ending' };
			},
		);
	} catch (error) {
		if (!(error instanceof TimedOut)) throw error;
		const holds = finalizers.length > 0 ? `its finalizers are "${finalizers.join('", "')}"` : error.state;
		const removal = `kubectl patch ${kind} ${name} --namespace ${namespace} --type merge --patch '{"metadata":{"finalizers":null}}'`;
		throw new ActionFailed(
			`The ${kind} ${quote_quote(`${namespace}/${name}`)} is being deleted and still exists after ${timeoutSeconds} s: ${holds}.`,
			finalizers.length > 0
				? `Fix the program that set the finalizers, so that it removes them; or use another name (input name). If that program no longer runs, remove them yourself:\n${removal}`
				: `Use another name (input name), or check why its node does not end it:\nkubectl describe ${kind} ${name} --namespace ${namespace}`,
			'https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/',
		);
	}
}
async function createWorkload(context, workload) {
	const { target, desired } = workload;
	try {
		await explainRejection(context, workload, () => createObject(context.kubectl, desired));
	} catch (error) {
		if (!command_errors_failedWith(error, 'object-exists')) throw error;
		const existing = await getObject(
			context.kubectl,
			desired.kind.toLowerCase(),
			target.name,
			target.namespace,
		);
		if (!existing) throw error;
		requireOwn(existing, workload, context.inputs.documentation);
		if (!hasSameManifest(existing, desired)) throw error;
	}
}
async function explainRejection({ inputs }, { target, annotations }, work) {
	try {
		return await work();
	} catch (error) {
		if (!command_errors_failedWith(error, 'not-admitted')) throw error;
		const events = [error.errorText.replace(/\.$/, '')];
		const watched = diagnosisTarget(inputs, target, '');
		throw diagnosisError({ target: watched, annotations, pod: null, events, log: [], unseen: [] }, inputs);
	}
}

// actions/deploy-workload/unfederated.js

const LABEL = 'workload-identity-lab/proof-of-denial';
const unfederated_RETRY_SECONDS = 15;
const ACCOUNT_ENDING = '-unfederated';
const POD_ENDING = '-denied';
const MAX_LENGTHS = { serviceAccount: 253 - ACCOUNT_ENDING.length, name: 63 - POD_ENDING.length };
function unfederatedTarget({ namespace, serviceAccount, name }) {
	return { namespace, serviceAccount: serviceAccount + ACCOUNT_ENDING, name: name + POD_ENDING };
}
function isFromDenialProof(object, repository) {
	const ours = { metadata: { name: '', annotations: { [REPOSITORY_ANNOTATION]: repository } } };
	return object.metadata.labels?.[LABEL] === 'true' && isOwn(object, ours);
}
function unfederatedAccount({ namespace, serviceAccount }, { repository }, clientId) {
	const labels = { [LABEL]: 'true', [MANAGED_BY_LABEL]: MANAGED_BY };
	const annotations = {
		'azure.workload.identity/client-id': clientId,
		[REPOSITORY_ANNOTATION]: repository,
	};
	return {
		apiVersion: 'v1',
		kind: 'ServiceAccount',
		metadata: { name: serviceAccount, namespace, labels, annotations },
	};
}
function unfederatedPod(target, client, clientId) {
	const { metadata, spec, ...rest } = manifest(target, { ...client, kind: 'pod' }, clientId);
	const pod = spec;
	const env = [
		{ name: 'RETRY_SECONDS', value: String(unfederated_RETRY_SECONDS) },
		{ name: 'READS', value: '1' },
	];
	return {
		...rest,
		metadata: { ...metadata, labels: { ...metadata.labels, [LABEL]: 'true' } },
		spec: {
			...pod,
			restartPolicy: 'Never',
			containers: pod.containers.map(container => ({
				...container,
				env: [...(container.env ?? []), ...env],
			})),
		},
	};
}

// actions/deploy-workload/denial.js

async function proveDenialOf(context, workload) {
	const { annotations } = workload;
	const target = unfederatedTarget(workload.target);
	try {
		const foreign = await objectOfAnotherOwner(context, target);
		if (foreign)
			return {
				denial: 'inconclusive',
				seen: `the ${foreign} exists and belongs to another owner, so this action does not use it`,
			};
		return await withCleanUp(context, target, async () => {
			await createObject(context.kubectl, unfederatedAccount(target, context.client, annotations.clientId));
			await createWorkload(context, {
				target,
				annotations,
				desired: unfederatedPod(target, context.client, annotations.clientId),
			});
			return checkDenial(await logOf(context, target, annotations), workloads_subjectOf(target));
		});
	} catch (error) {
		if (error instanceof Interrupted) throw error;
		return {
			denial: 'inconclusive',
			seen: error instanceof DenialNotObserved ? error.message : describeFailure(error),
		};
	}
}
async function objectOfAnotherOwner({ kubectl, client }, target) {
	for (const { kind, name, namespace } of objectsOf(target)) {
		const found = await getObject(kubectl, kind, name, namespace);
		if (found && !isFromDenialProof(found, client.repository))
			return `${kind} ${quote_quote(`${namespace}/${name}`)}`;
	}
	return undefined;
}
function objectsOf({ namespace, serviceAccount, name }) {
	return [
		{ kind: 'serviceaccount', name: serviceAccount, namespace },
		{ kind: 'pod', name, namespace },
	];
}
async function withCleanUp(context, target, work) {
	const { kubectl, client, tools } = context;
	const canDelete = object => isFromDenialProof(object, client.repository);
	for (const each of objectsOf(target)) {
		const deleted = await deleteObject(kubectl, each, canDelete);
		if (deleted) await waitUntilDeleted(context, each, deleted);
	}
	try {
		return await work();
	} finally {
		const lastWord = (args, options) => kubectl(args, { ...options, lastWord: true });
		const cleanUp = async each => {
			try {
				await deleteObject(lastWord, each, canDelete);
			} catch (error) {
				const { kind, name, namespace } = each;
				tools.log.warning(
					`The ${kind} ${quote_quote(`${namespace}/${name}`)} could not be deleted: ${error.message}\nWhat to do: delete it:\nkubectl delete ${kind} ${name} --namespace ${namespace}`,
				);
			}
		};
		await Promise.all(objectsOf(target).map(cleanUp));
	}
}
class DenialNotObserved extends Error {}
async function logOf(context, target, annotations) {
	const { inputs, kubectl, tools } = context;
	const { namespace, name } = target;
	const { timeoutSeconds, secretSha256 } = inputs;
	const { time, log } = tools;
	const state = {
		target: diagnosisTarget(inputs, target, name),
		annotations,
		log: [],
		unseen: [],
	};
	const what = `Unfederated pod ${qualifiedName(target)}`;
	try {
		await poll({ what, timeoutSeconds, longestWaitSeconds: 3, time, log }, async () => {
			const pod = await getObject(kubectl, 'pod', name, namespace);
			state.pod = pod ?? null;
			if (pod && containerStatus(pod)?.state?.terminated) return { value: true };
			if (diagnose(state)?.final) throw new DenialNotObserved();
			return { state: describeState(pod) };
		});
	} catch (error) {
		if (!(error instanceof TimedOut || error instanceof DenialNotObserved)) throw error;
		const seen = await readState(state, context);
		printEvidence(seen);
		throw new DenialNotObserved(formatVerdict(diagnoseUnverified(seen)));
	}
	const podLog = new PodLog(secretSha256);
	const printer = new BoundedPrinter(line => log.info(`unfederated| ${line}`));
	await kubectl(['logs', name, '--namespace', namespace, '--container', CONTAINER, '--tail', '50'], {
		onLine: line => printer.take(podLog.addLine(line)),
	});
	printer.end();
	return podLog;
}
function checkDenial({ values, lines }, subject) {
	if (values > 0) return { denial: 'disproven', seen: `${quote_quote(subject)} read the secret` };
	const last = lines.findLast(line => /^(Given up|Stopped)/.test(line)) ?? '';
	if (
		/^[^:]+: secret \S+ could not be read \(AADSTS(700213|70021)\): /.test(last) &&
		last.includes(`'${subject}'`)
	)
		return {
			denial: 'proven',
			seen: `Entra refused ${quote_quote(subject)}: no federated credential matches its token`,
		};
	const said = last || lines.at(-1) || 'nothing';
	return {
		denial: 'inconclusive',
		seen: `Entra did not refuse the unfederated client as expected. Its last line: ${shorten(said)}`,
	};
}

// actions/deploy-workload/results.js

function resultsOutput(results) {
	return JSON.stringify(
		results.map(({ target, podName, verified, denial, failure }) => ({
			workload: nameOf(target),
			pod: podName,
			verified,
			denial,
			verdict: outputsOf(failure).verdict ?? '',
		})),
	);
}
function combineFailures(results) {
	const failed = results.filter(({ failure }) => failure !== undefined);
	const [first] = failed;
	if (!first) return undefined;
	const interrupted = failed.find(({ failure }) => failure instanceof Interrupted);
	if (interrupted) return interrupted.failure;
	const outputs = {
		...outputsOf(first.failure),
		...(results.every(({ verified }) => verified) && { verified: 'true' }),
		results: resultsOutput(results),
	};
	const { failure } = first;
	if (results.length === 1) {
		if (!(failure instanceof ActionFailed)) return failure;
		return new ActionFailed(failure.message, failure.remedy, failure.link, outputs);
	}
	const others = failed.length < results.length ? `; ${results.length - failed.length} succeeded` : '';
	const each = failed.map(({ target, failure }) =>
		indented(`- ${nameOf(target)}: ${describeFailure(failure)}`),
	);
	return new ActionFailed(
		`${failed.length} of ${results.length} workloads failed${others}:\n${each.join('\n')}`,
		'Fix each workload as its lines say. The other workloads need no change.',
		undefined,
		outputs,
	);
}
function denialError(denial, place, seen, { documentation }) {
	const verdict = `denial-${denial}`;
	const remedy =
		denial === 'disproven'
			? 'Find what allows this service account to read the secret, and delete it: a federated credential with its subject or with an expression that matches it, or a client secret. To list the credentials:\naz identity federated-credential list --identity-name IDENTITY --resource-group GROUP'
			: 'Fix what the message reports, then run this step again. Nothing is proven or disproven yet.';
	return new ActionFailed(
		`${verdict}: next to ${quote_quote(place)}: ${seen}.`,
		remedy,
		`${documentation}#${verdict}`,
		{
			denial,
			verdict,
			diagnosis: seen,
		},
	);
}
function outputsOf(failure) {
	return failure instanceof ActionFailed ? failure.outputs : {};
}
function indented(text) {
	return text.replaceAll('\n', '\n  ');
}

// actions/deploy-workload/verify.js

class FinalFailure extends Error {}
async function verify(context, workload, from, earlierPods) {
	const { inputs, tools } = context;
	const { kind, timeoutSeconds, targets } = inputs;
	const { target, annotations, desired } = workload;
	const { time, log } = tools;
	const end = time.now() + timeoutSeconds * 1000;
	const podLog = new PodLog(inputs.secretSha256);
	const tail = from === 'now' ? 0 : 50;
	const prefix = targets.length > 1 ? `${qualifiedName(target)} ` : '';
	const state = {
		target: diagnosisTarget(inputs, target, ''),
		annotations,
		log: podLog.lines,
		unseen: [],
	};
	const printer = new BoundedPrinter(line => log.info(`${prefix}| ${line}`));
	const pulls = new PullTimer(time);
	let read = '';
	const checked = new Map();
	const isFinallyRefused = async () => {
		const finding = lastFindingOf(state);
		if (!finding || finding.code === VALUE_SHOWN) return false;
		if (finding.line.startsWith('Stopped: ')) return true;
		const seen = checked.get(finding.code) ?? readState({ ...state, log: [...podLog.lines] }, context);
		checked.set(finding.code, seen);
		return diagnose(await seen)?.final ?? false;
	};
	const options = {
		what: `${desired.kind} ${qualifiedName(target)}`,
		timeoutSeconds,
		firstWaitSeconds: 0.5,
		longestWaitSeconds: 3,
		time,
		log,
	};
	try {
		return await poll(options, async () => {
			const pod = await findPod(context, workload);
			state.pod = pod ?? null;
			state.target = diagnosisTarget(
				inputs,
				target,
				pod?.metadata.name ?? (kind === 'pod' ? target.name : ''),
			);
			state.events = undefined;
			const status = pod && containerStatus(pod);
			if (status && hasStarted(status)) {
				const start = `${pod.metadata.name} ${status.restartCount}`;
				if (status.state?.running || start !== read) {
					read = start;
					await followLog(context, pod, podLog, { printer, tail, end, isFinallyRefused });
					if (podLog.verified) return { value: pod };
				}
			}
			if (!pod && kind !== 'pod') {
				state.events = await readCreationFailures(context, workload);
				return { state: `has no pod yet: ${state.events.at(-1) ?? 'no event reports why'}` };
			}
			if (diagnose(state)?.final || (await isFinallyRefused())) throw new FinalFailure();
			if (pod && earlierPods && !earlierPods.has(pod.metadata.uid) && pulls.isExpired(pod)) {
				log.info(
					`Pod ${quote_quote(`${target.namespace}/${pod.metadata.name}`)} cannot pull its image yet. This action recreates the pod, because the kubelet waits longer after each attempt.`,
				);
				await recreatePod(context, workload, pod).catch(pulls.stopOnForbidden);
			}
			return { state: describeState(pod) };
		});
	} catch (error) {
		if (!(error instanceof TimedOut || error instanceof FinalFailure)) throw error;
		const azure = error instanceof TimedOut ? new AzureReader(context.tools.az) : context.azure;
		const seen = await readState(state, { ...context, azure });
		printEvidence(seen);
		context.brokenChains.push(trustChainOf(seen));
		throw diagnosisError(seen, inputs);
	} finally {
		printer.end();
	}
}
const PULL_SECONDS = 75;
class PullTimer {
	#time;
	#pod;
	#since = 0;
	#givenUp = false;
	constructor(time) {
		this.#time = time;
	}
	stopOnForbidden = error => {
		if (!command_errors_failedWith(error, 'forbidden')) throw error;
		this.#givenUp = true;
	};
	isExpired(pod) {
		if (this.#givenUp) return false;
		const { reason = '' } = containerStatus(pod)?.state?.waiting ?? {};
		const isDeleted = pod.metadata.deletionTimestamp !== undefined;
		if (isDeleted || !/^(ErrImagePull|ImagePullBackOff)$/.test(reason)) return false;
		if (pod.metadata.uid !== this.#pod) {
			this.#pod = pod.metadata.uid;
			this.#since = this.#time.now();
		}
		return this.#time.now() - this.#since >= PULL_SECONDS * 1000;
	}
}
function ignoreError() {}
async function followLog(
	{ kubectl, tools: { time } },
	{ metadata: { name, namespace = '' } },
	podLog,
	{ printer, tail, end, isFinallyRefused },
) {
	const stop = new AbortController();
	const left = Math.max(0, Math.ceil(end - time.now()));
	const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(left)]);
	let isCheckDue = false;
	const checkSoon = () => {
		if (isCheckDue) return;
		isCheckDue = true;
		setImmediate(() => {
			isCheckDue = false;
			if (!stop.signal.aborted) isFinallyRefused().then(is => is && stop.abort(), ignoreError);
		});
	};
	const onLine = line => {
		if (stop.signal.aborted) return;
		printer.take(podLog.addLine(line));
		if (podLog.verified) stop.abort();
		else checkSoon();
	};
	const container = [name, '--namespace', namespace, '--container', CONTAINER];
	const options = { onLine, signal, timeoutSeconds: left / 1000 + 60 };
	try {
		await kubectl(['logs', ...container, '--follow', '--tail', String(tail)], options);
	} catch (error) {
		if (!signal.aborted && !(error instanceof CommandFailed)) throw error;
	}
}

// actions/deploy-workload/deploy-workload.js

async function deployWorkload(inputs, tools) {
	const { targets, image, vaultName, secretName, kind, repository } = inputs;
	await preflight(inputs.account, { kubectl: true }, tools);
	const { suffixes } = await currentCloud(tools.az);
	const vaultDomain = suffixes.keyvaultDns.replace(/^\./, '');
	const context = {
		inputs,
		client: { kind, image, vaultName, secretName, vaultDomain, repository },
		tools,
		kubectl: tools.kubectl(inputs.kubeconfig),
		azure: new AzureReader(tools.az),
		brokenChains: [],
	};
	const results = await Promise.all(targets.map(target => deployTarget(context, target)));
	const failure = combineFailures(results);
	if (failure !== undefined) {
		tools.report.facts.trustChain = context.brokenChains;
		throw failure;
	}
	tools.report.facts.trustChain = await Promise.all(
		results.map(({ target, podName }) => readTrustChain(diagnosisTarget(inputs, target, podName), context)),
	);
	const [{ podName, denial }] = results;
	return {
		'pod-name': podName,
		verified: 'true',
		denial,
		results: resultsOutput(results),
		verdict: '',
		diagnosis: '',
	};
}
async function deployTarget(context, target) {
	const result = { target, podName: '', verified: false, denial: '' };
	try {
		await deployAndVerify(context, target, result);
	} catch (error) {
		result.failure = error;
	}
	return result;
}
async function deployAndVerify(context, target, result) {
	const { inputs, client, tools } = context;
	const { report } = tools;
	const place = qualifiedName(target);
	const annotations = await readAnnotations(context.kubectl, target);
	if (!annotations?.clientId)
		throw diagnosisError(
			{ target: diagnosisTarget(inputs, target, ''), annotations, log: [], unseen: [] },
			inputs,
		);
	const workload = {
		target,
		annotations,
		desired: manifest(target, client, annotations.clientId),
	};
	const earlierPods = await report.step(workload.desired.kind, place, () =>
		ensureWorkload(context, workload),
	);
	await report.step('Secret in the log of', place, async () => {
		result.podName = (await verify(context, workload, 'its start', earlierPods)).metadata.name;
		result.verified = true;
		return { outcome: 'verified', value: undefined };
	});
	if (!inputs.proveDenial) return;
	await report.step('Denial without federation, next to', place, async () => {
		const { denial, seen } = await proveDenialOf(context, workload);
		result.denial = denial;
		if (denial !== 'proven') throw denialError(denial, place, seen, inputs);
		tools.log.info(`${place}: ${seen}.`);
		return { outcome: 'verified', value: undefined };
	});
	await verifyAgain(context, workload, result);
}
async function verifyAgain(context, workload, result) {
	const { report } = context.tools;
	const place = qualifiedName(workload.target);
	const isJob = workload.desired.kind === 'Job';
	try {
		if (isJob)
			await report.step('Second run of job', place, async () =>
				changed(await recreateWorkload(context, workload)),
			);
		await report.step('Second check of the secret in the log of', place, async () => {
			result.podName = (await verify(context, workload, isJob ? 'its start' : 'now')).metadata.name;
			return { outcome: 'verified', value: undefined };
		});
	} catch (error) {
		if (!(error instanceof ActionFailed)) throw error;
		result.denial = 'inconclusive';
		const seen = `the federated workload fails now too: ${error.message}`;
		throw denialError('inconclusive', place, seen, context.inputs);
	}
}

// actions/shared/documentation.js
function documentation(environment, page = 'troubleshooting.md') {
	const repository = environment.GITHUB_ACTION_REPOSITORY || environment.GITHUB_REPOSITORY;
	if (!repository) return `docs/${page}`;
	const server = environment.GITHUB_SERVER_URL || 'https://github.com';
	const version = environment.GITHUB_ACTION_REF || environment.GITHUB_SHA || 'HEAD';
	return `${server}/${repository}/blob/${version}/docs/${page}`;
}

// actions/deploy-workload/inputs.js

const inputs_image = {
	what: 'an image',
	valid: 'REGISTRY/REPOSITORY@sha256:DIGEST or REGISTRY/REPOSITORY:TAG',
	link: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
	accepts: text =>
		/^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})$/.test(
			text,
		),
};
function inputs_parse(environment, read) {
	return parseInputs(input => {
		const account = accountInputs(input, environment);
		const proveDenial = input.boolean('prove-denial', false);
		const targets = targetInputs(input);
		if (proveDenial) refuseTooLong(input, targets);
		return {
			account,
			kubeconfig: input.requiredPath('kubeconfig'),
			kind: input.oneOf('kind', ['pod', 'deployment', 'job']),
			targets,
			image: input.required('image', inputs_image),
			vaultName: input.required('vault-name', vaultName),
			secretName: input.optional('secret-name', secretName, 'Secret'),
			secretSha256: input.required('secret-sha256', sha256Digest),
			timeoutSeconds: input.integer('timeout-seconds', { default: 900, min: 1, max: 3600 }),
			replace: input.boolean('replace', false),
			proveDenial,
			repository: environment.GITHUB_REPOSITORY ?? '',
			documentation: documentation(environment),
		};
	}, read);
}
function targetInputs(input) {
	const name = input.optional('name', dnsLabel, 'wi-kv-test');
	const workloads = workloadInputs(input);
	if (workloads.length === 1) return workloads.map(workload => ({ ...workload, name }));
	const targets = workloads.map(workload => ({ ...workload, name: `${name}-${workload.serviceAccount}` }));
	for (const target of targets.filter(each => !dnsLabel.accepts(each.name)))
		input.problem(
			`workloads lists ${quote_quote(nameOf(target))}, whose object would have the invalid name ${quote_quote(target.name)}; valid: ${dnsLabel.valid}. Use a shorter name, or deploy this workload in a separate step`,
		);
	return targets;
}
function refuseTooLong(input, targets) {
	for (const target of targets) {
		for (const part of ['name', 'serviceAccount'])
			if (target[part].length > MAX_LENGTHS[part])
				input.problem(
					`prove-denial adds an ending to ${quote_quote(target[part])}, which has ${target[part].length} characters; valid are at most ${MAX_LENGTHS[part]}`,
				);
	}
}

// actions/deploy-workload/index.js

void runAction({ name: 'deploy-workload', parse: () => inputs_parse(process.env), main: deployWorkload });
