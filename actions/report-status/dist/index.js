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
function core_info(message) {
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
class interruption_Interrupted extends Error {
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
			stop.abort(new interruption_Interrupted(signal));
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
function time_duration(milliseconds) {
	const seconds = milliseconds / 1000;
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

// actions/shared/command-errors.js

class command_errors_CommandFailed extends Error {
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
	return error instanceof command_errors_CommandFailed && error.is(kind);
}
class CommandTimedOut extends Error {
	command;
	constructor(command, seconds) {
		const [tool = ''] = command;
		const mayContinue =
			tool === 'az' && !isReadOnly(command) ? '\nAzure might continue what the command began.' : '';
		super(`\`${command.join(' ')}\` did not end within ${time_duration(seconds * 1000)} and was stopped.${mayContinue}
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
	return error instanceof command_errors_CommandFailed ? error.transientReason : undefined;
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
function quote(value) {
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
		return found ?? this.#addProblem(name, `is ${quote(value)}. Valid values: ${words.join(', ')}`, words[0]);
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
			`is ${quote(value)}. Valid values: whole numbers from ${min} to ${max}`,
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
			if (seen.has(left.toLowerCase())) this.#addProblem(name, `contains ${quote(left)} twice`, '');
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
			if (at < 1) return this.#addProblem(name, `has the line ${quote(line)}. Valid lines: ${form}`, []);
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
		const refuse = problem => this.#addProblem(name, `is ${quote(value)}. It must not ${problem}`, undefined);
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
			`is ${quote(value)}. Remove line breaks, control characters, and invisible characters`,
			undefined,
		);
	}
	#checkRule(name, value, rule) {
		if (rule.accepts(value)) return value;
		return this.#addProblem(
			name,
			`is ${quote(value)}, which is not ${rule.what}. Valid: ${rule.valid} (${rule.link})`,
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
	info: text => core_info(harmless(text)),
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
	const token = randomUUID();
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
		super(`${what}: timed out after ${time_duration(waited)}; last state: ${state}`);
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
async function retry(options, attempt) {
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
				log.info(`${failed} Given up after ${time_duration(time.now() - start)}.`);
				throw error;
			}
			log.info(`${failed} Trying again in ${time_duration(wait)}.`);
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
	if (error instanceof interruption_Interrupted) return describeInterruption(error);
	if (error instanceof ActionFailed)
		return paragraphs(error.message, `What to do: ${error.remedy}`, error.link);
	if (error instanceof TimedOut)
		return paragraphs(
			error.message,
			'What to do: run this step again; it continues from what exists. To wait longer, set the input timeout-minutes or retry-minutes.',
		);
	if (error instanceof command_errors_CommandFailed) return describeCommand(error, reader);
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
	const { O_NONBLOCK, O_RDONLY } = constants;
	const handle = await open(file, O_RDONLY | O_NONBLOCK);
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
const naming_rules_guid = rule(
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

const NO_ID_TOKEN =
	/* unused pure expression or super */ null &&
	`client-id is set, but GitHub issues no ID token to this job. Add this to the job (GitHub never issues one to a pull request from a fork):
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
		`The configuration directory for az, ${quote(directory)}, cannot be used: ${reason}.`,
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
			`A private file for a secret could not be created in ${quote(parent)}: ${error.message}`,
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
	const folder = await retry(
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
				log.info(`Login as ${account.clientId}: GitHub's token has the subject ${quote(subject ?? '')}.`);
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
	if (!(error instanceof command_errors_CommandFailed)) return undefined;
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

const created = value => ({ outcome: 'created', value });
const changed = value => ({ outcome: 'changed', value });
const fetched = value => ({ outcome: 'fetched', value });
const deleted = value => ({ outcome: 'deleted', value });
const alreadyGone = value => ({ outcome: 'already gone', value });
const alreadyThere = value => ({ outcome: 'already there', value });
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
			this.#log.info(`${what} ${name}: ${outcome} (${time_duration(took)})`);
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
			row => `| ${cell(row.what)} | ${cell(row.name)} | ${row.outcome} | ${time_duration(row.took)} |`,
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
				if (reason instanceof interruption_Interrupted) return signalTree(child.pid, reason.signal);
				signalTree(child.pid, 'SIGTERM');
				const kill = setTimeout(() => signalTree(child.pid, 'SIGKILL'), KILL_AFTER_MILLISECONDS);
				ended.signal.addEventListener('abort', () => clearTimeout(kill));
			};
			const interrupt = () => {
				if (stop.reason instanceof interruption_Interrupted) stop.reason.cutOff.push(command);
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
	if (exitCode !== 0) throw new command_errors_CommandFailed(command, exitCode, errors.end());
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
			`az was not started, because it would replace the argument ${quote(found)} with the content of a file.`,
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
			if (failedWith(error, 'object-not-found')) return undefined;
			if (!failedWith(error, 'object-changed') || attempt === MOST_ATTEMPTS) throw error;
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
	return retry({ what, timeoutSeconds: retrySeconds, time, log, transient: transientReason }, run);
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
		end = { outcome: error instanceof interruption_Interrupted ? 'cancelled' : 'failure', failure };
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
				`The step did its work, but its output ${output} could not be written to GITHUB_OUTPUT (${quote(process.env.GITHUB_OUTPUT ?? '')}): ${error.message}`,
				'check that the disk of the runner has free space and that no step deletes files of the runner (RUNNER_TEMP), then run this step again; it continues from what exists.',
				'https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter',
			);
		}
	}
}

// actions/report-status/inputs.js

const topicName = {
	what: 'a topic',
	valid: '1–50 lowercase letters, digits, and single hyphens, starting and ending with a letter or digit',
	link: 'https://developer.mozilla.org/docs/Web/HTML/Reference/Comments',
	accepts: value => /^[a-z0-9](?:-?[a-z0-9])*$/.test(value) && value.length <= 50,
};
const jobResult = {
	what: 'a job result',
	valid: 'success, failure, cancelled, or skipped',
	link: 'https://docs.github.com/actions/reference/workflows-and-actions/contexts#needs-context',
	accepts: value => ['success', 'failure', 'cancelled', 'skipped'].includes(value),
};
const issueTitle = {
	what: 'a title',
	valid: 'at most 256 characters',
	link: 'https://docs.github.com/rest/issues/issues#create-an-issue',
	accepts: value => value.length <= 256,
};
const labelName = {
	what: 'a label',
	valid: '1–50 characters without a comma',
	link: 'https://docs.github.com/rest/issues/labels#create-a-label',
	accepts: value => value.length <= 50 && !value.includes(','),
};
function parse(environment, read = name => getInput(name, { trimWhitespace: false })) {
	return parseInputs(input => {
		const topic = input.required('topic', topicName);
		return {
			topic,
			status: input.required('status', jobResult),
			title: input.text('title', issueTitle, `${topic} fails`),
			diagnosis: read('diagnosis'),
			diagnosisFile: input.path('diagnosis-file'),
			label: input.text('label', labelName, 'run-status'),
			token: input.secret('token'),
			...runOf(environment),
		};
	}, read);
}
function runOf({
	GITHUB_REPOSITORY = '',
	GITHUB_SERVER_URL = 'https://github.com',
	GITHUB_RUN_ID: id = '',
	GITHUB_RUN_ATTEMPT: attempt = '1',
}) {
	const [owner = '', repo = ''] = GITHUB_REPOSITORY.split('/');
	const url = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${id}/attempts/${attempt}`;
	return { repository: { owner, repo }, run: { id, url } };
}

// node_modules/@actions/github/lib/context.js

class Context {
	constructor() {
		var _a, _b, _c;
		this.payload = {};
		if (process.env.GITHUB_EVENT_PATH) {
			if ((0, external_fs_namespaceObject.existsSync)(process.env.GITHUB_EVENT_PATH)) {
				this.payload = JSON.parse(
					(0, external_fs_namespaceObject.readFileSync)(process.env.GITHUB_EVENT_PATH, { encoding: 'utf8' }),
				);
			} else {
				const path = process.env.GITHUB_EVENT_PATH;
				process.stdout.write(`GITHUB_EVENT_PATH ${path} does not exist${external_os_namespaceObject.EOL}`);
			}
		}
		this.eventName = process.env.GITHUB_EVENT_NAME;
		this.sha = process.env.GITHUB_SHA;
		this.ref = process.env.GITHUB_REF;
		this.workflow = process.env.GITHUB_WORKFLOW;
		this.action = process.env.GITHUB_ACTION;
		this.actor = process.env.GITHUB_ACTOR;
		this.job = process.env.GITHUB_JOB;
		this.runAttempt = parseInt(process.env.GITHUB_RUN_ATTEMPT, 10);
		this.runNumber = parseInt(process.env.GITHUB_RUN_NUMBER, 10);
		this.runId = parseInt(process.env.GITHUB_RUN_ID, 10);
		this.apiUrl = (_a = process.env.GITHUB_API_URL) !== null && _a !== void 0 ? _a : `https://api.github.com`;
		this.serverUrl =
			(_b = process.env.GITHUB_SERVER_URL) !== null && _b !== void 0 ? _b : `https://github.com`;
		this.graphqlUrl =
			(_c = process.env.GITHUB_GRAPHQL_URL) !== null && _c !== void 0 ? _c : `https://api.github.com/graphql`;
	}
	get issue() {
		const payload = this.payload;
		return Object.assign(Object.assign({}, this.repo), {
			number: (payload.issue || payload.pull_request || payload).number,
		});
	}
	get repo() {
		if (process.env.GITHUB_REPOSITORY) {
			const [owner, repo] = process.env.GITHUB_REPOSITORY.split('/');
			return { owner, repo };
		}
		if (this.payload.repository) {
			return {
				owner: this.payload.repository.owner.login,
				repo: this.payload.repository.name,
			};
		}
		throw new Error("context.repo requires a GITHUB_REPOSITORY environment variable like 'owner/repo'");
	}
}
// node_modules/undici/index.js

// node_modules/@actions/github/lib/internal/utils.js
var utils_awaiter =
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

function getAuthString(token, options) {
	if (!token && !options.auth) {
		throw new Error('Parameter token or opts.auth is required');
	} else if (token && options.auth) {
		throw new Error('Parameters token and opts.auth may not both be specified');
	}
	return typeof options.auth === 'string' ? options.auth : `token ${token}`;
}
function getProxyAgent(destinationUrl) {
	const hc = new HttpClient();
	return hc.getAgent(destinationUrl);
}
function getProxyAgentDispatcher(destinationUrl) {
	const hc = new HttpClient();
	return hc.getAgentDispatcher(destinationUrl);
}
function getProxyFetch(destinationUrl) {
	const httpDispatcher = getProxyAgentDispatcher(destinationUrl);
	const proxyFetch = (url, opts) =>
		utils_awaiter(this, void 0, void 0, function* () {
			return fetch(url, Object.assign(Object.assign({}, opts), { dispatcher: httpDispatcher }));
		});
	return proxyFetch;
}
function getApiBaseUrl() {
	return process.env['GITHUB_API_URL'] || 'https://api.github.com';
}
function getUserAgentWithOrchestrationId(baseUserAgent) {
	var _a;
	const orchId =
		(_a = process.env['ACTIONS_ORCHESTRATION_ID']) === null || _a === void 0 ? void 0 : _a.trim();
	if (orchId) {
		const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, '_');
		const tag = `actions_orchestration_id/${sanitizedId}`;
		if (baseUserAgent === null || baseUserAgent === void 0 ? void 0 : baseUserAgent.includes(tag))
			return baseUserAgent;
		const ua = baseUserAgent ? `${baseUserAgent} ` : '';
		return `${ua}${tag}`;
	}
	return baseUserAgent;
}

// ./node_modules/universal-user-agent/index.js
function getUserAgent() {
	if (typeof navigator === 'object' && 'userAgent' in navigator) {
		return navigator.userAgent;
	}

	if (typeof process === 'object' && process.version !== undefined) {
		return `Node.js/${process.version.substr(1)} (${process.platform}; ${process.arch})`;
	}

	return '<environment undetectable>';
}

// ./node_modules/before-after-hook/lib/register.js
// @ts-check

function register(state, name, method, options) {
	if (typeof method !== 'function') {
		throw new Error('method for before hook must be a function');
	}

	if (!options) {
		options = {};
	}

	if (Array.isArray(name)) {
		return name.reverse().reduce((callback, name) => {
			return register.bind(null, state, name, callback, options);
		}, method)();
	}

	return Promise.resolve().then(() => {
		if (!state.registry[name]) {
			return method(options);
		}

		return state.registry[name].reduce((method, registered) => {
			return registered.hook.bind(null, method, options);
		}, method)();
	});
}

// ./node_modules/before-after-hook/lib/add.js
// @ts-check

function addHook(state, kind, name, hook) {
	const orig = hook;
	if (!state.registry[name]) {
		state.registry[name] = [];
	}

	if (kind === 'before') {
		hook = (method, options) => {
			return Promise.resolve().then(orig.bind(null, options)).then(method.bind(null, options));
		};
	}

	if (kind === 'after') {
		hook = (method, options) => {
			let result;
			return Promise.resolve()
				.then(method.bind(null, options))
				.then(result_ => {
					result = result_;
					return orig(result, options);
				})
				.then(() => {
					return result;
				});
		};
	}

	if (kind === 'error') {
		hook = (method, options) => {
			return Promise.resolve()
				.then(method.bind(null, options))
				.catch(error => {
					return orig(error, options);
				});
		};
	}

	state.registry[name].push({
		hook: hook,
		orig: orig,
	});
}

// ./node_modules/before-after-hook/lib/remove.js
// @ts-check

function removeHook(state, name, method) {
	if (!state.registry[name]) {
		return;
	}

	const index = state.registry[name]
		.map(registered => {
			return registered.orig;
		})
		.indexOf(method);

	if (index === -1) {
		return;
	}

	state.registry[name].splice(index, 1);
}

// ./node_modules/before-after-hook/index.js
// @ts-check

// bind with array of arguments: https://stackoverflow.com/a/21792913
const bind = Function.bind;
const bindable = bind.bind(bind);

function bindApi(hook, state, name) {
	const removeHookRef = bindable(removeHook, null).apply(null, name ? [state, name] : [state]);
	hook.api = { remove: removeHookRef };
	hook.remove = removeHookRef;
	['before', 'error', 'after', 'wrap'].forEach(kind => {
		const args = name ? [state, kind, name] : [state, kind];
		hook[kind] = hook.api[kind] = bindable(addHook, null).apply(null, args);
	});
}

function Singular() {
	const singularHookName = Symbol('Singular');
	const singularHookState = {
		registry: {},
	};
	const singularHook = register.bind(null, singularHookState, singularHookName);
	bindApi(singularHook, singularHookState, singularHookName);
	return singularHook;
}

function Collection() {
	const state = {
		registry: {},
	};

	const hook = register.bind(null, state);
	bindApi(hook, state);

	return hook;
}

/* harmony default export */ const before_after_hook = { Singular, Collection };

// ./node_modules/@octokit/endpoint/dist-bundle/index.js
// pkg/dist-src/defaults.js

// pkg/dist-src/version.js
var VERSION = '0.0.0-development';

// pkg/dist-src/defaults.js
var userAgent = `octokit-endpoint.js/${VERSION} ${getUserAgent()}`;
var DEFAULTS = {
	method: 'GET',
	baseUrl: 'https://api.github.com',
	headers: {
		accept: 'application/vnd.github.v3+json',
		'user-agent': userAgent,
	},
	mediaType: {
		format: '',
	},
};

// pkg/dist-src/util/lowercase-keys.js
function lowercaseKeys(object) {
	if (!object) {
		return {};
	}
	return Object.keys(object).reduce((newObj, key) => {
		newObj[key.toLowerCase()] = object[key];
		return newObj;
	}, {});
}

// pkg/dist-src/util/is-plain-object.js
function isPlainObject(value) {
	if (typeof value !== 'object' || value === null) return false;
	if (Object.prototype.toString.call(value) !== '[object Object]') return false;
	const proto = Object.getPrototypeOf(value);
	if (proto === null) return true;
	const Ctor = Object.prototype.hasOwnProperty.call(proto, 'constructor') && proto.constructor;
	return (
		typeof Ctor === 'function' &&
		Ctor instanceof Ctor &&
		Function.prototype.call(Ctor) === Function.prototype.call(value)
	);
}

// pkg/dist-src/util/merge-deep.js
function mergeDeep(defaults, options) {
	const result = Object.assign({}, defaults);
	Object.keys(options).forEach(key => {
		if (isPlainObject(options[key])) {
			if (!(key in defaults)) Object.assign(result, { [key]: options[key] });
			else result[key] = mergeDeep(defaults[key], options[key]);
		} else {
			Object.assign(result, { [key]: options[key] });
		}
	});
	return result;
}

// pkg/dist-src/util/remove-undefined-properties.js
function removeUndefinedProperties(obj) {
	for (const key in obj) {
		if (obj[key] === void 0) {
			delete obj[key];
		}
	}
	return obj;
}

// pkg/dist-src/merge.js
function merge(defaults, route, options) {
	if (typeof route === 'string') {
		let [method, url] = route.split(' ');
		options = Object.assign(url ? { method, url } : { url: method }, options);
	} else {
		options = Object.assign({}, route);
	}
	options.headers = lowercaseKeys(options.headers);
	removeUndefinedProperties(options);
	removeUndefinedProperties(options.headers);
	const mergedOptions = mergeDeep(defaults || {}, options);
	if (options.url === '/graphql') {
		if (defaults && defaults.mediaType.previews?.length) {
			mergedOptions.mediaType.previews = defaults.mediaType.previews
				.filter(preview => !mergedOptions.mediaType.previews.includes(preview))
				.concat(mergedOptions.mediaType.previews);
		}
		mergedOptions.mediaType.previews = (mergedOptions.mediaType.previews || []).map(preview =>
			preview.replace(/-preview/, ''),
		);
	}
	return mergedOptions;
}

// pkg/dist-src/util/add-query-parameters.js
function addQueryParameters(url, parameters) {
	const separator = /\?/.test(url) ? '&' : '?';
	const names = Object.keys(parameters);
	if (names.length === 0) {
		return url;
	}
	return (
		url +
		separator +
		names
			.map(name => {
				if (name === 'q') {
					return 'q=' + parameters.q.split('+').map(encodeURIComponent).join('+');
				}
				return `${name}=${encodeURIComponent(parameters[name])}`;
			})
			.join('&')
	);
}

// pkg/dist-src/util/extract-url-variable-names.js
var urlVariableRegex = /\{[^{}}]+\}/g;
function removeNonChars(variableName) {
	return variableName.replace(/(?:^\W+)|(?:(?<!\W)\W+$)/g, '').split(/,/);
}
function extractUrlVariableNames(url) {
	const matches = url.match(urlVariableRegex);
	if (!matches) {
		return [];
	}
	return matches.map(removeNonChars).reduce((a, b) => a.concat(b), []);
}

// pkg/dist-src/util/omit.js
function omit(object, keysToOmit) {
	const result = { __proto__: null };
	for (const key of Object.keys(object)) {
		if (keysToOmit.indexOf(key) === -1) {
			result[key] = object[key];
		}
	}
	return result;
}

// pkg/dist-src/util/url-template.js
function encodeReserved(str) {
	return str
		.split(/(%[0-9A-Fa-f]{2})/g)
		.map(function (part) {
			if (!/%[0-9A-Fa-f]/.test(part)) {
				part = encodeURI(part).replace(/%5B/g, '[').replace(/%5D/g, ']');
			}
			return part;
		})
		.join('');
}
function encodeUnreserved(str) {
	return encodeURIComponent(str).replace(/[!'()*]/g, function (c) {
		return '%' + c.charCodeAt(0).toString(16).toUpperCase();
	});
}
function encodeValue(operator, value, key) {
	value = operator === '+' || operator === '#' ? encodeReserved(value) : encodeUnreserved(value);
	if (key) {
		return encodeUnreserved(key) + '=' + value;
	} else {
		return value;
	}
}
function isDefined(value) {
	return value !== void 0 && value !== null;
}
function isKeyOperator(operator) {
	return operator === ';' || operator === '&' || operator === '?';
}
function getValues(context, operator, key, modifier) {
	var value = context[key],
		result = [];
	if (isDefined(value) && value !== '') {
		if (
			typeof value === 'string' ||
			typeof value === 'number' ||
			typeof value === 'bigint' ||
			typeof value === 'boolean'
		) {
			value = value.toString();
			if (modifier && modifier !== '*') {
				value = value.substring(0, parseInt(modifier, 10));
			}
			result.push(encodeValue(operator, value, isKeyOperator(operator) ? key : ''));
		} else {
			if (modifier === '*') {
				if (Array.isArray(value)) {
					value.filter(isDefined).forEach(function (value2) {
						result.push(encodeValue(operator, value2, isKeyOperator(operator) ? key : ''));
					});
				} else {
					Object.keys(value).forEach(function (k) {
						if (isDefined(value[k])) {
							result.push(encodeValue(operator, value[k], k));
						}
					});
				}
			} else {
				const tmp = [];
				if (Array.isArray(value)) {
					value.filter(isDefined).forEach(function (value2) {
						tmp.push(encodeValue(operator, value2));
					});
				} else {
					Object.keys(value).forEach(function (k) {
						if (isDefined(value[k])) {
							tmp.push(encodeUnreserved(k));
							tmp.push(encodeValue(operator, value[k].toString()));
						}
					});
				}
				if (isKeyOperator(operator)) {
					result.push(encodeUnreserved(key) + '=' + tmp.join(','));
				} else if (tmp.length !== 0) {
					result.push(tmp.join(','));
				}
			}
		}
	} else {
		if (operator === ';') {
			if (isDefined(value)) {
				result.push(encodeUnreserved(key));
			}
		} else if (value === '' && (operator === '&' || operator === '?')) {
			result.push(encodeUnreserved(key) + '=');
		} else if (value === '') {
			result.push('');
		}
	}
	return result;
}
function parseUrl(template) {
	return {
		expand: expand.bind(null, template),
	};
}
function expand(template, context) {
	var operators = ['+', '#', '.', '/', ';', '?', '&'];
	template = template.replace(/\{([^\{\}]+)\}|([^\{\}]+)/g, function (_, expression, literal) {
		if (expression) {
			let operator = '';
			const values = [];
			if (operators.indexOf(expression.charAt(0)) !== -1) {
				operator = expression.charAt(0);
				expression = expression.substr(1);
			}
			expression.split(/,/g).forEach(function (variable) {
				var tmp = /([^:\*]*)(?::(\d+)|(\*))?/.exec(variable);
				values.push(getValues(context, operator, tmp[1], tmp[2] || tmp[3]));
			});
			if (operator && operator !== '+') {
				var separator = ',';
				if (operator === '?') {
					separator = '&';
				} else if (operator !== '#') {
					separator = operator;
				}
				return (values.length !== 0 ? operator : '') + values.join(separator);
			} else {
				return values.join(',');
			}
		} else {
			return encodeReserved(literal);
		}
	});
	if (template === '/') {
		return template;
	} else {
		return template.replace(/\/$/, '');
	}
}

// pkg/dist-src/parse.js
function dist_bundle_parse(options) {
	let method = options.method.toUpperCase();
	let url = (options.url || '/').replace(/:([a-z]\w+)/g, '{$1}');
	let headers = Object.assign({}, options.headers);
	let body;
	let parameters = omit(options, ['method', 'baseUrl', 'url', 'headers', 'request', 'mediaType']);
	const urlVariableNames = extractUrlVariableNames(url);
	url = parseUrl(url).expand(parameters);
	if (!/^http/.test(url)) {
		url = options.baseUrl + url;
	}
	const omittedParameters = Object.keys(options)
		.filter(option => urlVariableNames.includes(option))
		.concat('baseUrl');
	const remainingParameters = omit(parameters, omittedParameters);
	const isBinaryRequest = /application\/octet-stream/i.test(headers.accept);
	if (!isBinaryRequest) {
		if (options.mediaType.format) {
			headers.accept = headers.accept
				.split(/,/)
				.map(format =>
					format.replace(
						/application\/vnd(\.\w+)(\.v3)?(\.\w+)?(\+json)?$/,
						`application/vnd$1$2.${options.mediaType.format}`,
					),
				)
				.join(',');
		}
		if (url.endsWith('/graphql')) {
			if (options.mediaType.previews?.length) {
				const previewsFromAcceptHeader = headers.accept.match(/(?<![\w-])[\w-]+(?=-preview)/g) || [];
				headers.accept = previewsFromAcceptHeader
					.concat(options.mediaType.previews)
					.map(preview => {
						const format = options.mediaType.format ? `.${options.mediaType.format}` : '+json';
						return `application/vnd.github.${preview}-preview${format}`;
					})
					.join(',');
			}
		}
	}
	if (['GET', 'HEAD'].includes(method)) {
		url = addQueryParameters(url, remainingParameters);
	} else {
		if ('data' in remainingParameters) {
			body = remainingParameters.data;
		} else {
			if (Object.keys(remainingParameters).length) {
				body = remainingParameters;
			}
		}
	}
	if (!headers['content-type'] && typeof body !== 'undefined') {
		headers['content-type'] = 'application/json; charset=utf-8';
	}
	if (['PATCH', 'PUT'].includes(method) && typeof body === 'undefined') {
		body = '';
	}
	return Object.assign(
		{ method, url, headers },
		typeof body !== 'undefined' ? { body } : null,
		options.request ? { request: options.request } : null,
	);
}

// pkg/dist-src/endpoint-with-defaults.js
function endpointWithDefaults(defaults, route, options) {
	return dist_bundle_parse(merge(defaults, route, options));
}

// pkg/dist-src/with-defaults.js
function withDefaults(oldDefaults, newDefaults) {
	const DEFAULTS2 = merge(oldDefaults, newDefaults);
	const endpoint2 = endpointWithDefaults.bind(null, DEFAULTS2);
	return Object.assign(endpoint2, {
		DEFAULTS: DEFAULTS2,
		defaults: withDefaults.bind(null, DEFAULTS2),
		merge: merge.bind(null, DEFAULTS2),
		parse: dist_bundle_parse,
	});
}

// pkg/dist-src/index.js
var endpoint = withDefaults(null, DEFAULTS);

// ./node_modules/content-type/dist/index.js
/*!
 * content-type
 * Copyright(c) 2015 Douglas Christopher Wilson
 * MIT Licensed
 */
const SP = 32; // " "
const HTAB = 9; // "\t"
const SEMI = 59; // ";"
const EQ = 61; // "="
const DQUOTE = 34; // '"'
const BSLASH = 92; // "\\"
const COMMA = 44; // ","
const LOWER_CASE = 1;
const OWS = 2;
const SEMI_FLAG = 4;
const COMMA_FLAG = 8;
const TOKEN_FLAG = 16;
const NON_ASCII = 0xff00;
const CASE_FLAGS = LOWER_CASE | NON_ASCII;
/**
 * Character flags used to normalize HTTP field values while scanning.
 * Out-of-range reads intentionally coerce to zero in bitwise expressions.
 */
const CHAR_MAP = new Uint8Array(0x100);
CHAR_MAP[HTAB] |= OWS;
CHAR_MAP[SP] |= OWS;
CHAR_MAP[SEMI] |= SEMI_FLAG;
CHAR_MAP[COMMA] |= COMMA_FLAG;
for (let code = 0x80 /* non-ASCII */; code <= 0xff; code++) {
	CHAR_MAP[code] |= LOWER_CASE;
}
for (const char of "!#$%&'*+-.^_`|~") {
	CHAR_MAP[char.charCodeAt(0)] |= TOKEN_FLAG;
}
for (let code = 0x30 /* 0 */; code <= 0x39 /* 9 */; code++) {
	CHAR_MAP[code] |= TOKEN_FLAG;
}
for (let code = 0x41 /* A */; code <= 0x5a /* Z */; code++) {
	CHAR_MAP[code] |= LOWER_CASE | TOKEN_FLAG;
}
for (let code = 0x61 /* a */; code <= 0x7a /* z */; code++) {
	CHAR_MAP[code] |= TOKEN_FLAG;
}
/**
 * Null object perf optimization. Faster than `Object.create(null)` and `{ __proto__: null }`.
 */
const NullObject = /* @__PURE__ */ (() => {
	const C = function () {};
	C.prototype = Object.create(null);
	return C;
})();
/**
 * Validate a type string against RFC 9110.
 */
function isTypeValid(type, start = 0, end = type.length) {
	let hasSlash = false;
	for (let index = start; index < end; index++) {
		const code = type.charCodeAt(index);
		if (code === 47 /* / */) {
			if (hasSlash || index === start || index >= end - 1) return false;
			hasSlash = true;
		} else if (!isTokenCode(code)) {
			return false;
		}
	}
	return hasSlash;
}
/**
 * Validate a token against RFC 9110.
 */
function isTokenValid(token, start = 0, end = token.length) {
	if (start >= end) return false;
	for (let index = start; index < end; index++) {
		if (!isTokenCode(token.charCodeAt(index))) return false;
	}
	return true;
}
/**
 * Check whether a character code belongs to the token production in RFC 9110.
 */
function isTokenCode(code) {
	return (CHAR_MAP[code] & TOKEN_FLAG) !== 0;
}
/**
 * Serialize a parameter value.
 */
function parameterValue(str) {
	const len = str.length;
	if (len === 0) return '""';
	let index = 0;
	while (index < len && isTokenCode(str.charCodeAt(index))) index++;
	if (index === len) return str;
	let result = '"';
	let start = 0;
	while (index < len) {
		const code = str.charCodeAt(index);
		if (code !== HTAB && (code < SP || code === 127 || code > 255)) {
			throw new TypeError(`Invalid parameter value: ${str}`);
		}
		if (code === 34 /* " */ || code === 92 /* \\ */) {
			result += `${str.slice(start, index)}\\`;
			start = index;
		}
		index++;
	}
	return `${result}${str.slice(start)}"`;
}
/**
 * Format an object into a `Content-Type` header.
 */
function format(obj) {
	const { type, parameters } = obj;
	if (!type || !isTypeValid(type)) {
		throw new TypeError(`Invalid type: ${type}`);
	}
	let result = type;
	if (parameters) {
		for (const param of Object.keys(parameters)) {
			if (!isTokenValid(param)) {
				throw new TypeError(`Invalid parameter name: ${param}`);
			}
			result += `; ${param}=${parameterValue(parameters[param])}`;
		}
	}
	return result;
}
/**
 * Parse a `Content-Type` header.
 */
function dist_parse(header, options) {
	const stopFlags = SEMI_FLAG | (options?.comma === true ? COMMA_FLAG : 0);
	const len = header.length;
	let valueStart = options?.start ?? 0;
	while ((CHAR_MAP[header.charCodeAt(valueStart)] & OWS) !== 0) {
		valueStart++;
	}
	let index = valueStart;
	let typeFlags = 0;
	let whitespace = -1;
	let stop = options?.parameters === false ? COMMA_FLAG : 0;
	while (index < len) {
		const code = header.charCodeAt(index);
		const flags = CHAR_MAP[code];
		if ((flags & stopFlags) !== 0) {
			stop |= flags & COMMA_FLAG;
			break;
		}
		if ((flags & OWS) !== 0) {
			if (whitespace === -1) whitespace = index;
		} else {
			whitespace = -1;
		}
		typeFlags |= (code & NON_ASCII) | flags;
		index++;
	}
	const valueEnd = whitespace === -1 ? index : whitespace;
	const value = header.slice(valueStart, valueEnd);
	const type = (typeFlags & CASE_FLAGS) === 0 ? value : value.toLowerCase();
	if (index === len || stop !== 0) {
		return { type, index, parameters: new NullObject() };
	}
	return parseParameters(header, type, index, len, stopFlags);
}
/**
 * Parses the parameters of a `Content-Type` header starting at the given index.
 */
function parseParameters(header, type, index, len, stopFlags) {
	const parameters = new NullObject();
	parameter: while (index < len) {
		index++; // Skip over ;
		while ((CHAR_MAP[header.charCodeAt(index)] & OWS) !== 0) {
			index++;
		}
		const keyStart = index;
		let keyFlags = 0;
		let keyWhitespace = -1;
		while (index < len) {
			const code = header.charCodeAt(index);
			const flags = CHAR_MAP[code];
			if ((flags & stopFlags) !== 0) {
				if ((flags & COMMA_FLAG) !== 0) break parameter;
				continue parameter;
			}
			if (code === EQ) {
				const keyEnd = keyWhitespace === -1 ? index : keyWhitespace;
				const value = header.slice(keyStart, keyEnd);
				const key = (keyFlags & CASE_FLAGS) === 0 ? value : value.toLowerCase();
				index++;
				while ((CHAR_MAP[header.charCodeAt(index)] & OWS) !== 0) {
					index++;
				}
				if (index < len && header.charCodeAt(index) === DQUOTE) {
					const quotedStart = ++index;
					let escaped = false;
					while (index < len) {
						const code = header.charCodeAt(index);
						if (code === DQUOTE) {
							if (parameters[key] === undefined) {
								parameters[key] = escaped
									? unescapeQuotedPairs(header, quotedStart, index)
									: header.slice(quotedStart, index);
							}
							index++;
							let stop = 0;
							// Discard characters between quote and delimiter.
							while (index < len) {
								const code = header.charCodeAt(index);
								const flags = CHAR_MAP[code];
								if ((flags & stopFlags) !== 0) {
									stop = flags & COMMA_FLAG;
									break;
								}
								index++;
							}
							if (stop !== 0) break parameter;
							continue parameter;
						}
						if (code === BSLASH && index + 1 < len) {
							escaped = true;
							index += 2;
							continue;
						}
						index++;
					}
					continue parameter;
				}
				const valueStart = index;
				let stop = 0;
				let valueWhitespace = -1;
				while (index < len) {
					const code = header.charCodeAt(index);
					const flags = CHAR_MAP[code];
					if ((flags & stopFlags) !== 0) {
						stop = flags & COMMA_FLAG;
						break;
					}
					if ((flags & OWS) !== 0) {
						if (valueWhitespace === -1) valueWhitespace = index;
					} else {
						valueWhitespace = -1;
					}
					index++;
				}
				if (parameters[key] === undefined) {
					const valueEnd = valueWhitespace === -1 ? index : valueWhitespace;
					parameters[key] = header.slice(valueStart, valueEnd);
				}
				if (stop !== 0) break parameter;
				continue parameter;
			}
			if ((flags & OWS) !== 0) {
				if (keyWhitespace === -1) keyWhitespace = index;
			} else {
				keyWhitespace = -1;
			}
			keyFlags |= (code & NON_ASCII) | flags;
			index++;
		}
	}
	return { type, index, parameters };
}
/**
 * Remove backslashes from quoted pairs in a known-terminated quoted string body.
 */
function unescapeQuotedPairs(str, start, end) {
	let result = '';
	for (let index = start; index < end; index++) {
		if (str.charCodeAt(index) === BSLASH) {
			result += str.slice(start, index);
			start = ++index;
		}
	}
	return result + str.slice(start, end);
}
//# sourceMappingURL=index.js.map

// ./node_modules/json-with-bigint/json-with-bigint.js
const intRegex = /^-?\d+$/;
const noiseValue = /^-?\d+n+$/; // Noise - strings that match the custom format before being converted to it
const originalStringify = JSON.stringify;
const originalParse = JSON.parse;
const customFormat = /^-?\d+n$/;

const bigIntsStringify = /([\[:])?"(-?\d+)n"($|\s*[,\}\]])/g;
const noiseStringify = /([\[:])?("-?\d+n+)n("$|"\s*[,\}\]])/g;

/**
 * @typedef {(this: any, key: string | number | undefined, value: any) => any} Replacer
 * @typedef {(key: string | number | undefined, value: any, context?: { source: string }) => any} Reviver
 */

/**
 * Checks if a value is unstringifiable according to native JSON.stringify rules.
 *
 * @param {any} val The value to check.
 * @returns {boolean} True if the value is undefined, a function, or a symbol.
 */
const isUnstringifiable = val => val === undefined || typeof val === 'function' || typeof val === 'symbol';

/**
 * Checks if a value is a native JSON.rawJSON object (Node.js 22+).
 *
 * @param {any} val The value to check.
 * @returns {boolean} True if the value is a RawJSON instance.
 */
const isRawJSON = val =>
	val !== null && typeof val === 'object' && val.constructor && val.constructor.name === 'RawJSON';

/**
 * Iteratively converts a JS value to a JSON string.
 * Used as a fallback when the native JSON.stringify hits the Maximum Call Stack size.
 * Fully compliant with JSON formatting (space), replacers, and toJSON behaviors.
 *
 * @param {any} rootValue The value to stringify.
 * @param {Replacer | Array<string | number> | null} [replacer] User's custom replacer function.
 * @param {string | number} [spaceParam] Indentation for pretty-printing.
 * @returns {string | undefined} The generated JSON string.
 */
const stringifyIteratively = (rootValue, replacer, spaceParam) => {
	let space = '';

	if (typeof spaceParam === 'number') {
		space = ' '.repeat(Math.min(10, Math.max(0, Math.floor(spaceParam))));
	} else if (typeof spaceParam === 'string') {
		space = spaceParam.slice(0, 10);
	}

	const isFunctionReplacer = typeof replacer === 'function';
	const propertyList = Array.isArray(replacer) ? new Set(replacer.map(String)) : null;

	/**
	 * Prepares a value for stringification by resolving toJSON, handling BigInts,
	 * applying custom replacers, and unwrapping primitive objects.
	 *
	 * @param {object|Array} parent The parent object or array holding the value.
	 * @param {string} key The key associated with the value.
	 * @param {any} val The raw value to process.
	 * @returns {any} The processed value ready for stringification.
	 */
	const prepareVal = (parent, key, val) => {
		const isObject = val !== null && typeof val === 'object';
		const hasToJSON = isObject && typeof val.toJSON === 'function';

		if (hasToJSON) {
			val = val.toJSON(key);
		}

		const isNoise = typeof val === 'string' && noiseValue.test(val);

		if (isNoise) return val + 'n';

		const isBigInt = typeof val === 'bigint';

		if (isBigInt) {
			const supportsRawJSON = 'rawJSON' in JSON;

			if (supportsRawJSON) return JSON.rawJSON(val.toString());

			return val.toString() + 'n';
		}

		if (isFunctionReplacer) {
			val = replacer.call(parent, key, val);
		}

		const isPostReplacerObject = val !== null && typeof val === 'object';

		if (isPostReplacerObject) {
			const isPrimitiveWrapper = val instanceof Number || val instanceof String || val instanceof Boolean;

			if (isPrimitiveWrapper) {
				val = val.valueOf();
			}
		}

		return val;
	};

	const rootProcessed = prepareVal({ '': rootValue }, '', rootValue);

	if (isUnstringifiable(rootProcessed)) {
		return undefined;
	}

	const isRootPrimitive = rootProcessed === null || typeof rootProcessed !== 'object';
	const isRootNativeRawJSON = isRawJSON(rootProcessed);

	if (isRootPrimitive || isRootNativeRawJSON) {
		return originalStringify(rootProcessed);
	}

	const chunks = [];
	let level = 0;

	const stack = [
		{
			parent: { '': rootProcessed },
			key: '',
			val: rootProcessed,
			isArray: Array.isArray(rootProcessed),
			keys: Array.isArray(rootProcessed) ? null : Object.keys(rootProcessed),
			index: 0,
			first: true,
		},
	];

	const visited = new WeakSet([rootProcessed]);

	while (stack.length > 0) {
		const node = stack[stack.length - 1];

		if (node.index === 0) {
			chunks.push(node.isArray ? '[' : '{');
			level++;
		}

		let isDone = false;

		if (node.isArray) {
			if (node.index < node.val.length) {
				if (!node.first) chunks.push(',');

				if (space) chunks.push('\n' + space.repeat(level));

				const childRaw = node.val[node.index];
				const childVal = prepareVal(node.val, String(node.index), childRaw);

				if (isUnstringifiable(childVal)) {
					chunks.push('null');
					node.first = false;
					node.index++;
				} else {
					const isComplexObject = childVal !== null && typeof childVal === 'object';
					const isNativeRaw = isRawJSON(childVal);

					if (isComplexObject && !isNativeRaw) {
						if (visited.has(childVal)) {
							throw new TypeError('Converting circular structure to JSON');
						}

						visited.add(childVal);

						stack.push({
							parent: node.val,
							key: String(node.index),
							val: childVal,
							isArray: Array.isArray(childVal),
							keys: Array.isArray(childVal) ? null : Object.keys(childVal),
							index: 0,
							first: true,
						});

						node.first = false;
						node.index++;
					} else {
						chunks.push(originalStringify(childVal));
						node.first = false;
						node.index++;
					}
				}
			} else {
				isDone = true;
			}
		} else {
			while (node.index < node.keys.length) {
				const k = node.keys[node.index++];

				const isFilteredOutByArray = propertyList && !propertyList.has(k);

				if (isFilteredOutByArray) continue;

				const childRaw = node.val[k];
				const childVal = prepareVal(node.val, k, childRaw);

				if (isUnstringifiable(childVal)) continue;

				if (!node.first) chunks.push(',');

				if (space) {
					chunks.push('\n' + space.repeat(level) + originalStringify(k) + ': ');
				} else {
					chunks.push(originalStringify(k) + ':');
				}

				const isComplexObject = childVal !== null && typeof childVal === 'object';
				const isNativeRaw = isRawJSON(childVal);

				if (isComplexObject && !isNativeRaw) {
					if (visited.has(childVal)) {
						throw new TypeError('Converting circular structure to JSON');
					}

					visited.add(childVal);

					stack.push({
						parent: node.val,
						key: k,
						val: childVal,
						isArray: Array.isArray(childVal),
						keys: Array.isArray(childVal) ? null : Object.keys(childVal),
						index: 0,
						first: true,
					});

					node.first = false;

					break; // Stop current loop level to process the newly pushed stack node
				} else {
					chunks.push(originalStringify(childVal));
					node.first = false;
				}
			}

			const isNodeFullyProcessed = node.index >= node.keys.length && stack[stack.length - 1] === node;

			if (isNodeFullyProcessed) {
				isDone = true;
			}
		}

		if (isDone) {
			level--;

			if (!node.first && space) chunks.push('\n' + space.repeat(level));

			chunks.push(node.isArray ? ']' : '}');
			visited.delete(node.val);
			stack.pop();
		}
	}

	return chunks.join('');
};

/**
 * Converts a JavaScript value to a JSON string.
 *
 * Supports serialization of BigInt values using two strategies:
 * 1. Custom format "123n" → "123" (universal fallback)
 * 2. Native JSON.rawJSON() (Node.js 22+, fastest) when available
 *
 * All other values are serialized exactly like native JSON.stringify().
 *
 * @param {*} value The value to convert to a JSON string.
 * @param {Replacer | Array<string | number> | null} [replacer]
 * A function that alters the behavior of the stringification process,
 * or an array of strings/numbers to indicate properties to exclude.
 * @param {string | number} [space]
 * A string or number to specify indentation or pretty-printing.
 * @returns {string} The JSON string representation.
 */
const JSONStringify = (value, replacer, space) => {
	try {
		const supportsRawJSON = 'rawJSON' in JSON;

		if (supportsRawJSON) {
			return originalStringify(
				value,
				(key, val) => {
					if (typeof val === 'bigint') return JSON.rawJSON(val.toString());

					const hasFunctionReplacer = typeof replacer === 'function';

					if (hasFunctionReplacer) return replacer(key, val);

					const isKeyInArrayReplacer = Array.isArray(replacer) && replacer.includes(key);

					if (isKeyInArrayReplacer) return val;

					return val;
				},
				space,
			);
		}

		if (!value) return originalStringify(value, replacer, space);

		const convertedToCustomJSON = originalStringify(
			value,
			(key, val) => {
				const isNoise = typeof val === 'string' && noiseValue.test(val);

				if (isNoise) return val.toString() + 'n'; // Mark noise values with additional "n" to offset the deletion of one "n" during the processing

				if (typeof val === 'bigint') return val.toString() + 'n';

				const hasFunctionReplacer = typeof replacer === 'function';

				if (hasFunctionReplacer) return replacer(key, val);

				const isKeyInArrayReplacer = Array.isArray(replacer) && replacer.includes(key);

				if (isKeyInArrayReplacer) return val;

				return val;
			},
			space,
		);

		const processedJSON = convertedToCustomJSON.replace(bigIntsStringify, '$1$2$3'); // Delete one "n" off the end of every BigInt value

		const denoisedJSON = processedJSON.replace(noiseStringify, '$1$2$3'); // Remove one "n" off the end of every noisy string

		return denoisedJSON;
	} catch (error) {
		if (error instanceof RangeError) {
			const convertedJSON = stringifyIteratively(value, replacer, space);

			if (convertedJSON === undefined) return undefined;

			const supportsRawJSON = 'rawJSON' in JSON;

			if (supportsRawJSON) return convertedJSON;

			const processedJSON = convertedJSON.replace(bigIntsStringify, '$1$2$3');

			return processedJSON.replace(noiseStringify, '$1$2$3');
		}

		throw error;
	}
};

const featureCache = new Map();

/**
 * Detects if the current JSON.parse implementation supports the context.source feature.
 *
 * Uses toString() fingerprinting to cache results and automatically detect runtime
 * replacements of JSON.parse (polyfills, mocks, etc.).
 *
 * @returns {boolean} true if context.source is supported, false otherwise.
 */
const isContextSourceSupported = () => {
	const parseFingerprint = JSON.parse.toString();

	if (featureCache.has(parseFingerprint)) {
		return featureCache.get(parseFingerprint);
	}

	try {
		const result = JSON.parse('1', (_, __, context) => !!context?.source && context.source === '1');
		featureCache.set(parseFingerprint, result);

		return result;
	} catch {
		featureCache.set(parseFingerprint, false);

		return false;
	}
};

/**
 * Reviver function that converts custom-format BigInt strings back to BigInt values.
 * Also handles "noise" strings that accidentally match the BigInt format.
 *
 * @param {string | number | undefined} key The object key.
 * @param {*} value The value being parsed.
 * @param {object} [context] Parse context (if supported by JSON.parse).
 * @param {Reviver} [userReviver] User's custom reviver function.
 * @returns {any} The transformed value.
 */
const convertMarkedBigIntsReviver = (key, value, context, userReviver) => {
	const isCustomFormatBigInt = typeof value === 'string' && customFormat.test(value);

	if (isCustomFormatBigInt) return BigInt(value.slice(0, -1));

	const isNoiseValue = typeof value === 'string' && noiseValue.test(value);
	if (isNoiseValue) return value.slice(0, -1);

	const hasUserReviver = typeof userReviver === 'function';

	if (!hasUserReviver) return value;

	return userReviver(key, value, context);
};

/**
 * Fast JSON.parse implementation (~2x faster than classic fallback).
 * Uses JSON.parse's context.source feature to detect integers and convert
 * large numbers directly to BigInt without string manipulation.
 *
 * Does not support legacy custom format from v1 of this library.
 *
 * @param {string} text JSON string to parse.
 * @param {Reviver} [reviver] Transform function to apply to each value.
 * @returns {any} Parsed JavaScript value.
 */
const JSONParseV2 = (text, reviver) => {
	return JSON.parse(text, (key, value, context) => {
		const isNumber = typeof value === 'number';
		const isOutOfBounds = value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER;
		const isBigNumber = isNumber && isOutOfBounds;
		const isInt = context && intRegex.test(context.source);
		const isBigInt = isBigNumber && isInt;

		if (isBigInt) return BigInt(context.source);

		const hasCustomReviver = typeof reviver === 'function';

		if (!hasCustomReviver) return value;

		return reviver(key, value, context);
	});
};

const MAX_INT = Number.MAX_SAFE_INTEGER.toString();
const MAX_DIGITS = MAX_INT.length;
const stringsOrLargeNumbers = /"(?:[^"\\]|\\.)*"|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/g;
const noiseValueWithQuotes = /^"-?\d+n+"$/; // Noise - strings that match the custom format before being converted to it

/**
 * Iteratively traverses the parsed object bottom-up (post-order),
 * emulating the native JSON.parse reviver behavior.
 * This avoids Call Stack overflows (RangeError) on deeply nested structures.
 *
 * @param {any} parsed The natively parsed JSON object.
 * @param {Reviver} [userReviver] User's custom reviver function.
 * @returns {any} The fully processed object.
 */
const applyReviverIteratively = (parsed, userReviver) => {
	const rootHolder = { '': parsed };
	const stack = [{ parent: rootHolder, key: '', visited: false }];

	while (stack.length > 0) {
		const node = stack[stack.length - 1];

		if (!node.visited) {
			node.visited = true;

			const value = node.parent[node.key];
			const isComplexObject = value !== null && typeof value === 'object';

			if (isComplexObject) {
				const keys = Object.keys(value);

				for (let i = keys.length - 1; i >= 0; i--) {
					stack.push({ parent: value, key: keys[i], visited: false });
				}
			}
		} else {
			const { parent, key } = node;
			let value = parent[key];

			if (typeof value === 'string') {
				const isCustomFormatBigInt = customFormat.test(value);

				if (isCustomFormatBigInt) {
					value = BigInt(value.slice(0, -1));
				} else {
					const isNoise = noiseValue.test(value);

					if (isNoise) value = value.slice(0, -1);
				}
			}

			const hasUserReviver = typeof userReviver === 'function';

			if (hasUserReviver) {
				value = userReviver.call(parent, key, value);
			}

			const isDeleted = value === undefined;

			if (isDeleted) {
				delete parent[key];
			} else {
				parent[key] = value;
			}

			stack.pop();
		}
	}

	return rootHolder[''];
};

/**
 * Pre-processes the JSON string to mark large numbers with an 'n' suffix.
 *
 * @param {string} text The raw JSON string.
 * @returns {string} The serialized string with marked BigInts.
 */
const serializeBigInts = text => {
	return text.replace(stringsOrLargeNumbers, (match, digits, fractional, exponential) => {
		const isString = match[0] === '"';
		const isNoise = isString && noiseValueWithQuotes.test(match);

		if (isNoise) return match.substring(0, match.length - 1) + 'n"'; // Mark noise values with additional "n" to offset the deletion of one "n" during the processing

		const hasFractionalOrExponential = fractional || exponential;

		// With a fixed number of digits, we can correctly use lexicographical comparison to do a numeric comparison
		const isLessThanMaxSafeInt =
			digits && (digits.length < MAX_DIGITS || (digits.length === MAX_DIGITS && digits <= MAX_INT));

		const isStandardValue = isString || hasFractionalOrExponential || isLessThanMaxSafeInt;

		if (isStandardValue) return match;

		return '"' + match + 'n"';
	});
};

/**
 * Converts a JSON string into a JavaScript value.
 *
 * Supports parsing of large integers using two strategies:
 * 1. Classic fallback: Marks large numbers with "123n" format, then converts to BigInt
 * 2. Fast path (JSONParseV2): Uses context.source feature (~2x faster) when available
 *
 * All other JSON values are parsed exactly like native JSON.parse().
 *
 * @param {string} text A valid JSON string.
 * @param {Reviver} [reviver]
 * A function that transforms the results. This function is called for each member
 * of the object. If a member contains nested objects, the nested objects are
 * transformed before the parent object is.
 * @returns {any} The parsed JavaScript value.
 * @throws {SyntaxError} If text is not valid JSON.
 */
const JSONParse = (text, reviver) => {
	if (!text) return originalParse(text, reviver);

	try {
		if (isContextSourceSupported()) return JSONParseV2(text, reviver); // Shortcut to a faster (2x) and simpler version

		// Find and mark big numbers with "n"
		const serializedData = serializeBigInts(text);

		return originalParse(serializedData, (key, value, context) =>
			convertMarkedBigIntsReviver(key, value, context, reviver),
		);
	} catch (error) {
		if (error instanceof RangeError) {
			const serializedData = serializeBigInts(text);
			const parsed = originalParse(serializedData);

			return applyReviverIteratively(parsed, reviver);
		}

		throw error;
	}
};

// ./node_modules/@octokit/request-error/dist-src/index.js
class RequestError extends Error {
	name;
	/**
	 * http status code
	 */
	status;
	/**
	 * Request options that lead to the error.
	 */
	request;
	/**
	 * Response object if a response was received
	 */
	response;
	constructor(message, statusCode, options) {
		super(message, { cause: options.cause });
		this.name = 'HttpError';
		this.status = Number.parseInt(statusCode);
		if (Number.isNaN(this.status)) {
			this.status = 0;
		}
		/* v8 ignore else -- @preserve -- Bug with vitest coverage where it sees an else branch that doesn't exist */
		if ('response' in options) {
			this.response = options.response;
		}
		const requestCopy = Object.assign({}, options.request);
		if (options.request.headers.authorization) {
			requestCopy.headers = Object.assign({}, options.request.headers, {
				authorization: options.request.headers.authorization.replace(/(?<! ) .*$/, ' [REDACTED]'),
			});
		}
		requestCopy.url = requestCopy.url
			.replace(/\bclient_secret=\w+/g, 'client_secret=[REDACTED]')
			.replace(/\baccess_token=\w+/g, 'access_token=[REDACTED]');
		this.request = requestCopy;
	}
}

// ./node_modules/@octokit/request/dist-bundle/index.js
// pkg/dist-src/index.js

// pkg/dist-src/defaults.js

// pkg/dist-src/version.js
var dist_bundle_VERSION = '10.0.16';

// pkg/dist-src/defaults.js
var defaults_default = {
	headers: {
		'user-agent': `octokit-request.js/${dist_bundle_VERSION} ${getUserAgent()}`,
	},
};

// pkg/dist-src/fetch-wrapper.js

// pkg/dist-src/is-plain-object.js
function dist_bundle_isPlainObject(value) {
	if (typeof value !== 'object' || value === null) return false;
	if (Object.prototype.toString.call(value) !== '[object Object]') return false;
	const proto = Object.getPrototypeOf(value);
	if (proto === null) return true;
	const Ctor = Object.prototype.hasOwnProperty.call(proto, 'constructor') && proto.constructor;
	return (
		typeof Ctor === 'function' &&
		Ctor instanceof Ctor &&
		Function.prototype.call(Ctor) === Function.prototype.call(value)
	);
}

// pkg/dist-src/fetch-wrapper.js

var noop = () => '';
async function fetchWrapper(requestOptions) {
	const fetch = requestOptions.request?.fetch || globalThis.fetch;
	if (!fetch) {
		throw new Error(
			'fetch is not set. Please pass a fetch implementation as new Octokit({ request: { fetch }}). Learn more at https://github.com/octokit/octokit.js/#fetch-missing',
		);
	}
	const log = requestOptions.request?.log || console;
	const parseSuccessResponseBody = requestOptions.request?.parseSuccessResponseBody !== false;
	const body =
		dist_bundle_isPlainObject(requestOptions.body) || Array.isArray(requestOptions.body)
			? JSONStringify(requestOptions.body)
			: requestOptions.body;
	const requestHeaders = Object.fromEntries(
		Object.entries(requestOptions.headers).map(([name, value]) => [name, String(value)]),
	);
	let fetchResponse;
	try {
		fetchResponse = await fetch(requestOptions.url, {
			method: requestOptions.method,
			body,
			redirect: requestOptions.request?.redirect,
			headers: requestHeaders,
			signal: requestOptions.request?.signal,
			// duplex must be set if request.body is ReadableStream or Async Iterables.
			// See https://fetch.spec.whatwg.org/#dom-requestinit-duplex.
			...(requestOptions.body && { duplex: 'half' }),
		});
	} catch (error) {
		let message = 'Unknown Error';
		if (error instanceof Error) {
			if (error.name === 'AbortError') {
				error.status = 500;
				throw error;
			}
			message = error.message;
			if (error.name === 'TypeError' && 'cause' in error) {
				if (error.cause instanceof Error) {
					message = error.cause.message;
				} else if (typeof error.cause === 'string') {
					message = error.cause;
				}
			}
		}
		const requestError = new RequestError(message, 500, {
			request: requestOptions,
		});
		requestError.cause = error;
		throw requestError;
	}
	const status = fetchResponse.status;
	const url = fetchResponse.url;
	const responseHeaders = {};
	for (const [key, value] of fetchResponse.headers) {
		responseHeaders[key] = value;
	}
	const octokitResponse = {
		url,
		status,
		headers: responseHeaders,
		data: '',
	};
	if ('deprecation' in responseHeaders) {
		const matches = responseHeaders.link && responseHeaders.link.match(/<([^<>]+)>; rel="deprecation"/);
		const deprecationLink = matches && matches.pop();
		log.warn(
			`[@octokit/request] "${requestOptions.method} ${requestOptions.url}" is deprecated. It is scheduled to be removed on ${responseHeaders.sunset}${deprecationLink ? `. See ${deprecationLink}` : ''}`,
		);
	}
	if (status === 204 || status === 205) {
		return octokitResponse;
	}
	if (requestOptions.method === 'HEAD') {
		if (status < 400) {
			return octokitResponse;
		}
		throw new RequestError(fetchResponse.statusText, status, {
			response: octokitResponse,
			request: requestOptions,
		});
	}
	if (status === 304) {
		octokitResponse.data = await getResponseData(fetchResponse);
		throw new RequestError('Not modified', status, {
			response: octokitResponse,
			request: requestOptions,
		});
	}
	if (status >= 400) {
		octokitResponse.data = await getResponseData(fetchResponse);
		throw new RequestError(toErrorMessage(octokitResponse.data), status, {
			response: octokitResponse,
			request: requestOptions,
		});
	}
	octokitResponse.data = parseSuccessResponseBody ? await getResponseData(fetchResponse) : fetchResponse.body;
	return octokitResponse;
}
async function getResponseData(response) {
	const contentType = response.headers.get('content-type');
	if (!contentType) {
		return response.text().catch(noop);
	}
	const mimetype = dist_parse(contentType);
	if (isJSONResponse(mimetype)) {
		let text = '';
		try {
			text = await response.text();
			return JSONParse(text);
		} catch (err) {
			return text;
		}
	} else if (
		mimetype.type.startsWith('text/') || // `application/octet-stream` is the canonical "arbitrary binary" type
		// (RFC 2046) and must never be decoded as text, even when the response
		// carries a (misleading) `charset=utf-8` parameter — see #751.
		(mimetype.parameters.charset?.toLowerCase() === 'utf-8' && mimetype.type !== 'application/octet-stream')
	) {
		return response.text().catch(noop);
	} else {
		return response.arrayBuffer().catch(
			/* v8 ignore next -- @preserve */
			() => new ArrayBuffer(0),
		);
	}
}
function isJSONResponse(mimetype) {
	return mimetype.type === 'application/json' || mimetype.type === 'application/scim+json';
}
function toErrorMessage(data) {
	if (typeof data === 'string') {
		return data;
	}
	if (data instanceof ArrayBuffer) {
		return 'Unknown error';
	}
	if (typeof data === 'object' && data !== null && 'message' in data) {
		const objectData = data;
		const suffix = 'documentation_url' in objectData ? ` - ${objectData.documentation_url}` : '';
		return Array.isArray(objectData.errors)
			? `${objectData.message}: ${objectData.errors.map(v => JSON.stringify(v)).join(', ')}${suffix}`
			: `${objectData.message}${suffix}`;
	}
	return `Unknown error: ${JSON.stringify(data)}`;
}

// pkg/dist-src/with-defaults.js
function dist_bundle_withDefaults(oldEndpoint, newDefaults) {
	const endpoint2 = oldEndpoint.defaults(newDefaults);
	const newApi = function (route, parameters) {
		const endpointOptions = endpoint2.merge(route, parameters);
		if (!endpointOptions.request || !endpointOptions.request.hook) {
			return fetchWrapper(endpoint2.parse(endpointOptions));
		}
		const request2 = (route2, parameters2) => {
			return fetchWrapper(endpoint2.parse(endpoint2.merge(route2, parameters2)));
		};
		Object.assign(request2, {
			endpoint: endpoint2,
			defaults: dist_bundle_withDefaults.bind(null, endpoint2),
		});
		return endpointOptions.request.hook(request2, endpointOptions);
	};
	return Object.assign(newApi, {
		endpoint: endpoint2,
		defaults: dist_bundle_withDefaults.bind(null, endpoint2),
	});
}

// pkg/dist-src/index.js
var request = dist_bundle_withDefaults(endpoint, defaults_default);
/* v8 ignore next -- @preserve */
/* v8 ignore else -- @preserve */

// ./node_modules/@octokit/graphql/dist-bundle/index.js
// pkg/dist-src/index.js

// pkg/dist-src/version.js
var graphql_dist_bundle_VERSION = '0.0.0-development';

// pkg/dist-src/with-defaults.js

// pkg/dist-src/graphql.js

// pkg/dist-src/error.js
function _buildMessageForResponseErrors(data) {
	return (
		`Request failed due to following response errors:
` + data.errors.map(e => ` - ${e.message}`).join('\n')
	);
}
var GraphqlResponseError = class extends Error {
	constructor(request2, headers, response) {
		super(_buildMessageForResponseErrors(response));
		this.request = request2;
		this.headers = headers;
		this.response = response;
		this.errors = response.errors;
		this.data = response.data;
		if (Error.captureStackTrace) {
			Error.captureStackTrace(this, this.constructor);
		}
	}
	request;
	headers;
	response;
	name = 'GraphqlResponseError';
	errors;
	data;
};

// pkg/dist-src/graphql.js
var NON_VARIABLE_OPTIONS = [
	'method',
	'baseUrl',
	'url',
	'headers',
	'request',
	'query',
	'mediaType',
	'operationName',
];
var FORBIDDEN_VARIABLE_OPTIONS = ['query', 'method', 'url'];
var GHES_V3_SUFFIX_REGEX = /\/api\/v3\/?$/;
function graphql(request2, query, options) {
	if (options) {
		if (typeof query === 'string' && 'query' in options) {
			return Promise.reject(new Error(`[@octokit/graphql] "query" cannot be used as variable name`));
		}
		for (const key in options) {
			if (!FORBIDDEN_VARIABLE_OPTIONS.includes(key)) continue;
			return Promise.reject(new Error(`[@octokit/graphql] "${key}" cannot be used as variable name`));
		}
	}
	const parsedOptions = typeof query === 'string' ? Object.assign({ query }, options) : query;
	const requestOptions = Object.keys(parsedOptions).reduce((result, key) => {
		if (NON_VARIABLE_OPTIONS.includes(key)) {
			result[key] = parsedOptions[key];
			return result;
		}
		if (!result.variables) {
			result.variables = {};
		}
		result.variables[key] = parsedOptions[key];
		return result;
	}, {});
	const baseUrl = parsedOptions.baseUrl || request2.endpoint.DEFAULTS.baseUrl;
	if (GHES_V3_SUFFIX_REGEX.test(baseUrl)) {
		requestOptions.url = baseUrl.replace(GHES_V3_SUFFIX_REGEX, '/api/graphql');
	}
	return request2(requestOptions).then(response => {
		if (response.data.errors) {
			const headers = {};
			for (const key of Object.keys(response.headers)) {
				headers[key] = response.headers[key];
			}
			throw new GraphqlResponseError(requestOptions, headers, response.data);
		}
		return response.data.data;
	});
}

// pkg/dist-src/with-defaults.js
function graphql_dist_bundle_withDefaults(request2, newDefaults) {
	const newRequest = request2.defaults(newDefaults);
	const newApi = (query, options) => {
		return graphql(newRequest, query, options);
	};
	return Object.assign(newApi, {
		defaults: graphql_dist_bundle_withDefaults.bind(null, newRequest),
		endpoint: newRequest.endpoint,
	});
}

// pkg/dist-src/index.js
var graphql2 = graphql_dist_bundle_withDefaults(request, {
	headers: {
		'user-agent': `octokit-graphql.js/${graphql_dist_bundle_VERSION} ${getUserAgent()}`,
	},
	method: 'POST',
	url: '/graphql',
});
function withCustomRequest(customRequest) {
	return graphql_dist_bundle_withDefaults(customRequest, {
		method: 'POST',
		url: '/graphql',
	});
}
/* v8 ignore if -- @preserve */

// ./node_modules/@octokit/auth-token/dist-bundle/index.js
// pkg/dist-src/is-jwt.js
var b64url = '(?:[a-zA-Z0-9_-]+)';
var sep = '\\.';
var jwtRE = new RegExp(`^${b64url}${sep}${b64url}${sep}${b64url}$`);
var isJWT = jwtRE.test.bind(jwtRE);

// pkg/dist-src/auth.js
async function auth(token) {
	const isApp = isJWT(token);
	const isInstallation = token.startsWith('v1.') || token.startsWith('ghs_');
	const isUserToServer = token.startsWith('ghu_');
	const tokenType = isApp
		? 'app'
		: isInstallation
			? 'installation'
			: isUserToServer
				? 'user-to-server'
				: 'oauth';
	return {
		type: 'token',
		token,
		tokenType,
	};
}

// pkg/dist-src/with-authorization-prefix.js
function withAuthorizationPrefix(token) {
	if (token.split(/\./).length === 3) {
		return `bearer ${token}`;
	}
	return `token ${token}`;
}

// pkg/dist-src/hook.js
async function hook(token, request, route, parameters) {
	const endpoint = request.endpoint.merge(route, parameters);
	endpoint.headers.authorization = withAuthorizationPrefix(token);
	return request(endpoint);
}

// pkg/dist-src/index.js
var createTokenAuth = function createTokenAuth2(token) {
	if (!token) {
		throw new Error('[@octokit/auth-token] No token passed to createTokenAuth');
	}
	if (typeof token !== 'string') {
		throw new Error('[@octokit/auth-token] Token passed to createTokenAuth is not a string');
	}
	token = token.replace(/^(token|bearer) +/i, '');
	return Object.assign(auth.bind(null, token), {
		hook: hook.bind(null, token),
	});
};

// ./node_modules/@octokit/core/dist-src/version.js
const version_VERSION = '7.0.8';

// ./node_modules/@octokit/core/dist-src/index.js

const dist_src_noop = () => {};
const consoleWarn = console.warn.bind(console);
const consoleError = console.error.bind(console);
function createLogger(logger = {}) {
	if (typeof logger.debug !== 'function') {
		logger.debug = dist_src_noop;
	}
	if (typeof logger.info !== 'function') {
		logger.info = dist_src_noop;
	}
	if (typeof logger.warn !== 'function') {
		logger.warn = consoleWarn;
	}
	if (typeof logger.error !== 'function') {
		logger.error = consoleError;
	}
	return logger;
}
const userAgentTrail = `octokit-core.js/${version_VERSION} ${getUserAgent()}`;
class Octokit {
	static VERSION = version_VERSION;
	static defaults(defaults) {
		const OctokitWithDefaults = class extends this {
			constructor(...args) {
				const options = args[0] || {};
				if (typeof defaults === 'function') {
					super(defaults(options));
					return;
				}
				super(
					Object.assign(
						{},
						defaults,
						options,
						options.userAgent && defaults.userAgent
							? {
									userAgent: `${options.userAgent} ${defaults.userAgent}`,
								}
							: null,
					),
				);
			}
		};
		return OctokitWithDefaults;
	}
	static plugins = [];
	/**
	 * Attach a plugin (or many) to your Octokit instance.
	 *
	 * @example
	 * const API = Octokit.plugin(plugin1, plugin2, plugin3, ...)
	 */
	static plugin(...newPlugins) {
		const currentPlugins = this.plugins;
		const NewOctokit = class extends this {
			static plugins = currentPlugins.concat(newPlugins.filter(plugin => !currentPlugins.includes(plugin)));
		};
		return NewOctokit;
	}
	constructor(options = {}) {
		const hook = new before_after_hook.Collection();
		const requestDefaults = {
			baseUrl: request.endpoint.DEFAULTS.baseUrl,
			headers: {},
			request: Object.assign({}, options.request, {
				// @ts-ignore internal usage only, no need to type
				hook: hook.bind(null, 'request'),
			}),
			mediaType: {
				previews: [],
				format: '',
			},
		};
		requestDefaults.headers['user-agent'] = options.userAgent
			? `${options.userAgent} ${userAgentTrail}`
			: userAgentTrail;
		if (options.baseUrl) {
			requestDefaults.baseUrl = options.baseUrl;
		}
		if (options.previews) {
			requestDefaults.mediaType.previews = options.previews;
		}
		if (options.timeZone) {
			requestDefaults.headers['time-zone'] = options.timeZone;
		}
		this.request = request.defaults(requestDefaults);
		this.graphql = withCustomRequest(this.request).defaults(requestDefaults);
		this.log = createLogger(options.log);
		this.hook = hook;
		if (!options.authStrategy) {
			if (!options.auth) {
				this.auth = async () => ({
					type: 'unauthenticated',
				});
			} else {
				const auth = createTokenAuth(options.auth);
				hook.wrap('request', auth.hook);
				this.auth = auth;
			}
		} else {
			const { authStrategy, ...otherOptions } = options;
			const auth = authStrategy(
				Object.assign(
					{
						request: this.request,
						log: this.log,
						// we pass the current octokit instance as well as its constructor options
						// to allow for authentication strategies that return a new octokit instance
						// that shares the same internal state as the current one. The original
						// requirement for this was the "event-octokit" authentication strategy
						// of https://github.com/probot/octokit-auth-probot.
						octokit: this,
						octokitOptions: otherOptions,
					},
					options.auth,
				),
			);
			hook.wrap('request', auth.hook);
			this.auth = auth;
		}
		const classConstructor = this.constructor;
		for (let i = 0; i < classConstructor.plugins.length; ++i) {
			Object.assign(this, classConstructor.plugins[i](this, options));
		}
	}
	// assigned during constructor
	request;
	graphql;
	log;
	hook;
	// TODO: type `octokit.auth` based on passed options.authStrategy
	auth;
}

// ./node_modules/@octokit/plugin-rest-endpoint-methods/dist-src/version.js
const dist_src_version_VERSION = '17.0.0';
//# sourceMappingURL=version.js.map

// ./node_modules/@octokit/plugin-rest-endpoint-methods/dist-src/generated/endpoints.js
const Endpoints = {
	actions: {
		addCustomLabelsToSelfHostedRunnerForOrg: ['POST /orgs/{org}/actions/runners/{runner_id}/labels'],
		addCustomLabelsToSelfHostedRunnerForRepo: [
			'POST /repos/{owner}/{repo}/actions/runners/{runner_id}/labels',
		],
		addRepoAccessToSelfHostedRunnerGroupInOrg: [
			'PUT /orgs/{org}/actions/runner-groups/{runner_group_id}/repositories/{repository_id}',
		],
		addSelectedRepoToOrgSecret: [
			'PUT /orgs/{org}/actions/secrets/{secret_name}/repositories/{repository_id}',
		],
		addSelectedRepoToOrgVariable: ['PUT /orgs/{org}/actions/variables/{name}/repositories/{repository_id}'],
		approveWorkflowRun: ['POST /repos/{owner}/{repo}/actions/runs/{run_id}/approve'],
		cancelWorkflowRun: ['POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel'],
		createEnvironmentVariable: ['POST /repos/{owner}/{repo}/environments/{environment_name}/variables'],
		createHostedRunnerForOrg: ['POST /orgs/{org}/actions/hosted-runners'],
		createOrUpdateEnvironmentSecret: [
			'PUT /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}',
		],
		createOrUpdateOrgSecret: ['PUT /orgs/{org}/actions/secrets/{secret_name}'],
		createOrUpdateRepoSecret: ['PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}'],
		createOrgVariable: ['POST /orgs/{org}/actions/variables'],
		createRegistrationTokenForOrg: ['POST /orgs/{org}/actions/runners/registration-token'],
		createRegistrationTokenForRepo: ['POST /repos/{owner}/{repo}/actions/runners/registration-token'],
		createRemoveTokenForOrg: ['POST /orgs/{org}/actions/runners/remove-token'],
		createRemoveTokenForRepo: ['POST /repos/{owner}/{repo}/actions/runners/remove-token'],
		createRepoVariable: ['POST /repos/{owner}/{repo}/actions/variables'],
		createWorkflowDispatch: ['POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches'],
		deleteActionsCacheById: ['DELETE /repos/{owner}/{repo}/actions/caches/{cache_id}'],
		deleteActionsCacheByKey: ['DELETE /repos/{owner}/{repo}/actions/caches{?key,ref}'],
		deleteArtifact: ['DELETE /repos/{owner}/{repo}/actions/artifacts/{artifact_id}'],
		deleteCustomImageFromOrg: [
			'DELETE /orgs/{org}/actions/hosted-runners/images/custom/{image_definition_id}',
		],
		deleteCustomImageVersionFromOrg: [
			'DELETE /orgs/{org}/actions/hosted-runners/images/custom/{image_definition_id}/versions/{version}',
		],
		deleteEnvironmentSecret: [
			'DELETE /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}',
		],
		deleteEnvironmentVariable: [
			'DELETE /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}',
		],
		deleteHostedRunnerForOrg: ['DELETE /orgs/{org}/actions/hosted-runners/{hosted_runner_id}'],
		deleteOrgSecret: ['DELETE /orgs/{org}/actions/secrets/{secret_name}'],
		deleteOrgVariable: ['DELETE /orgs/{org}/actions/variables/{name}'],
		deleteRepoSecret: ['DELETE /repos/{owner}/{repo}/actions/secrets/{secret_name}'],
		deleteRepoVariable: ['DELETE /repos/{owner}/{repo}/actions/variables/{name}'],
		deleteSelfHostedRunnerFromOrg: ['DELETE /orgs/{org}/actions/runners/{runner_id}'],
		deleteSelfHostedRunnerFromRepo: ['DELETE /repos/{owner}/{repo}/actions/runners/{runner_id}'],
		deleteWorkflowRun: ['DELETE /repos/{owner}/{repo}/actions/runs/{run_id}'],
		deleteWorkflowRunLogs: ['DELETE /repos/{owner}/{repo}/actions/runs/{run_id}/logs'],
		disableSelectedRepositoryGithubActionsOrganization: [
			'DELETE /orgs/{org}/actions/permissions/repositories/{repository_id}',
		],
		disableWorkflow: ['PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/disable'],
		downloadArtifact: ['GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}'],
		downloadJobLogsForWorkflowRun: ['GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs'],
		downloadWorkflowRunAttemptLogs: [
			'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/logs',
		],
		downloadWorkflowRunLogs: ['GET /repos/{owner}/{repo}/actions/runs/{run_id}/logs'],
		enableSelectedRepositoryGithubActionsOrganization: [
			'PUT /orgs/{org}/actions/permissions/repositories/{repository_id}',
		],
		enableWorkflow: ['PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/enable'],
		forceCancelWorkflowRun: ['POST /repos/{owner}/{repo}/actions/runs/{run_id}/force-cancel'],
		generateRunnerJitconfigForOrg: ['POST /orgs/{org}/actions/runners/generate-jitconfig'],
		generateRunnerJitconfigForRepo: ['POST /repos/{owner}/{repo}/actions/runners/generate-jitconfig'],
		getActionsCacheList: ['GET /repos/{owner}/{repo}/actions/caches'],
		getActionsCacheUsage: ['GET /repos/{owner}/{repo}/actions/cache/usage'],
		getActionsCacheUsageByRepoForOrg: ['GET /orgs/{org}/actions/cache/usage-by-repository'],
		getActionsCacheUsageForOrg: ['GET /orgs/{org}/actions/cache/usage'],
		getAllowedActionsOrganization: ['GET /orgs/{org}/actions/permissions/selected-actions'],
		getAllowedActionsRepository: ['GET /repos/{owner}/{repo}/actions/permissions/selected-actions'],
		getArtifact: ['GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}'],
		getCustomImageForOrg: ['GET /orgs/{org}/actions/hosted-runners/images/custom/{image_definition_id}'],
		getCustomImageVersionForOrg: [
			'GET /orgs/{org}/actions/hosted-runners/images/custom/{image_definition_id}/versions/{version}',
		],
		getCustomOidcSubClaimForRepo: ['GET /repos/{owner}/{repo}/actions/oidc/customization/sub'],
		getEnvironmentPublicKey: ['GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key'],
		getEnvironmentSecret: ['GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}'],
		getEnvironmentVariable: ['GET /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}'],
		getGithubActionsDefaultWorkflowPermissionsOrganization: ['GET /orgs/{org}/actions/permissions/workflow'],
		getGithubActionsDefaultWorkflowPermissionsRepository: [
			'GET /repos/{owner}/{repo}/actions/permissions/workflow',
		],
		getGithubActionsPermissionsOrganization: ['GET /orgs/{org}/actions/permissions'],
		getGithubActionsPermissionsRepository: ['GET /repos/{owner}/{repo}/actions/permissions'],
		getHostedRunnerForOrg: ['GET /orgs/{org}/actions/hosted-runners/{hosted_runner_id}'],
		getHostedRunnersGithubOwnedImagesForOrg: ['GET /orgs/{org}/actions/hosted-runners/images/github-owned'],
		getHostedRunnersLimitsForOrg: ['GET /orgs/{org}/actions/hosted-runners/limits'],
		getHostedRunnersMachineSpecsForOrg: ['GET /orgs/{org}/actions/hosted-runners/machine-sizes'],
		getHostedRunnersPartnerImagesForOrg: ['GET /orgs/{org}/actions/hosted-runners/images/partner'],
		getHostedRunnersPlatformsForOrg: ['GET /orgs/{org}/actions/hosted-runners/platforms'],
		getJobForWorkflowRun: ['GET /repos/{owner}/{repo}/actions/jobs/{job_id}'],
		getOrgPublicKey: ['GET /orgs/{org}/actions/secrets/public-key'],
		getOrgSecret: ['GET /orgs/{org}/actions/secrets/{secret_name}'],
		getOrgVariable: ['GET /orgs/{org}/actions/variables/{name}'],
		getPendingDeploymentsForRun: ['GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments'],
		getRepoPermissions: [
			'GET /repos/{owner}/{repo}/actions/permissions',
			{},
			{ renamed: ['actions', 'getGithubActionsPermissionsRepository'] },
		],
		getRepoPublicKey: ['GET /repos/{owner}/{repo}/actions/secrets/public-key'],
		getRepoSecret: ['GET /repos/{owner}/{repo}/actions/secrets/{secret_name}'],
		getRepoVariable: ['GET /repos/{owner}/{repo}/actions/variables/{name}'],
		getReviewsForRun: ['GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals'],
		getSelfHostedRunnerForOrg: ['GET /orgs/{org}/actions/runners/{runner_id}'],
		getSelfHostedRunnerForRepo: ['GET /repos/{owner}/{repo}/actions/runners/{runner_id}'],
		getWorkflow: ['GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}'],
		getWorkflowAccessToRepository: ['GET /repos/{owner}/{repo}/actions/permissions/access'],
		getWorkflowRun: ['GET /repos/{owner}/{repo}/actions/runs/{run_id}'],
		getWorkflowRunAttempt: ['GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}'],
		getWorkflowRunUsage: ['GET /repos/{owner}/{repo}/actions/runs/{run_id}/timing'],
		getWorkflowUsage: ['GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/timing'],
		listArtifactsForRepo: ['GET /repos/{owner}/{repo}/actions/artifacts'],
		listCustomImageVersionsForOrg: [
			'GET /orgs/{org}/actions/hosted-runners/images/custom/{image_definition_id}/versions',
		],
		listCustomImagesForOrg: ['GET /orgs/{org}/actions/hosted-runners/images/custom'],
		listEnvironmentSecrets: ['GET /repos/{owner}/{repo}/environments/{environment_name}/secrets'],
		listEnvironmentVariables: ['GET /repos/{owner}/{repo}/environments/{environment_name}/variables'],
		listGithubHostedRunnersInGroupForOrg: [
			'GET /orgs/{org}/actions/runner-groups/{runner_group_id}/hosted-runners',
		],
		listHostedRunnersForOrg: ['GET /orgs/{org}/actions/hosted-runners'],
		listJobsForWorkflowRun: ['GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs'],
		listJobsForWorkflowRunAttempt: [
			'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs',
		],
		listLabelsForSelfHostedRunnerForOrg: ['GET /orgs/{org}/actions/runners/{runner_id}/labels'],
		listLabelsForSelfHostedRunnerForRepo: ['GET /repos/{owner}/{repo}/actions/runners/{runner_id}/labels'],
		listOrgSecrets: ['GET /orgs/{org}/actions/secrets'],
		listOrgVariables: ['GET /orgs/{org}/actions/variables'],
		listRepoOrganizationSecrets: ['GET /repos/{owner}/{repo}/actions/organization-secrets'],
		listRepoOrganizationVariables: ['GET /repos/{owner}/{repo}/actions/organization-variables'],
		listRepoSecrets: ['GET /repos/{owner}/{repo}/actions/secrets'],
		listRepoVariables: ['GET /repos/{owner}/{repo}/actions/variables'],
		listRepoWorkflows: ['GET /repos/{owner}/{repo}/actions/workflows'],
		listRunnerApplicationsForOrg: ['GET /orgs/{org}/actions/runners/downloads'],
		listRunnerApplicationsForRepo: ['GET /repos/{owner}/{repo}/actions/runners/downloads'],
		listSelectedReposForOrgSecret: ['GET /orgs/{org}/actions/secrets/{secret_name}/repositories'],
		listSelectedReposForOrgVariable: ['GET /orgs/{org}/actions/variables/{name}/repositories'],
		listSelectedRepositoriesEnabledGithubActionsOrganization: [
			'GET /orgs/{org}/actions/permissions/repositories',
		],
		listSelfHostedRunnersForOrg: ['GET /orgs/{org}/actions/runners'],
		listSelfHostedRunnersForRepo: ['GET /repos/{owner}/{repo}/actions/runners'],
		listWorkflowRunArtifacts: ['GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts'],
		listWorkflowRuns: ['GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs'],
		listWorkflowRunsForRepo: ['GET /repos/{owner}/{repo}/actions/runs'],
		reRunJobForWorkflowRun: ['POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun'],
		reRunWorkflow: ['POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun'],
		reRunWorkflowFailedJobs: ['POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs'],
		removeAllCustomLabelsFromSelfHostedRunnerForOrg: [
			'DELETE /orgs/{org}/actions/runners/{runner_id}/labels',
		],
		removeAllCustomLabelsFromSelfHostedRunnerForRepo: [
			'DELETE /repos/{owner}/{repo}/actions/runners/{runner_id}/labels',
		],
		removeCustomLabelFromSelfHostedRunnerForOrg: [
			'DELETE /orgs/{org}/actions/runners/{runner_id}/labels/{name}',
		],
		removeCustomLabelFromSelfHostedRunnerForRepo: [
			'DELETE /repos/{owner}/{repo}/actions/runners/{runner_id}/labels/{name}',
		],
		removeSelectedRepoFromOrgSecret: [
			'DELETE /orgs/{org}/actions/secrets/{secret_name}/repositories/{repository_id}',
		],
		removeSelectedRepoFromOrgVariable: [
			'DELETE /orgs/{org}/actions/variables/{name}/repositories/{repository_id}',
		],
		reviewCustomGatesForRun: ['POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule'],
		reviewPendingDeploymentsForRun: ['POST /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments'],
		setAllowedActionsOrganization: ['PUT /orgs/{org}/actions/permissions/selected-actions'],
		setAllowedActionsRepository: ['PUT /repos/{owner}/{repo}/actions/permissions/selected-actions'],
		setCustomLabelsForSelfHostedRunnerForOrg: ['PUT /orgs/{org}/actions/runners/{runner_id}/labels'],
		setCustomLabelsForSelfHostedRunnerForRepo: [
			'PUT /repos/{owner}/{repo}/actions/runners/{runner_id}/labels',
		],
		setCustomOidcSubClaimForRepo: ['PUT /repos/{owner}/{repo}/actions/oidc/customization/sub'],
		setGithubActionsDefaultWorkflowPermissionsOrganization: ['PUT /orgs/{org}/actions/permissions/workflow'],
		setGithubActionsDefaultWorkflowPermissionsRepository: [
			'PUT /repos/{owner}/{repo}/actions/permissions/workflow',
		],
		setGithubActionsPermissionsOrganization: ['PUT /orgs/{org}/actions/permissions'],
		setGithubActionsPermissionsRepository: ['PUT /repos/{owner}/{repo}/actions/permissions'],
		setSelectedReposForOrgSecret: ['PUT /orgs/{org}/actions/secrets/{secret_name}/repositories'],
		setSelectedReposForOrgVariable: ['PUT /orgs/{org}/actions/variables/{name}/repositories'],
		setSelectedRepositoriesEnabledGithubActionsOrganization: [
			'PUT /orgs/{org}/actions/permissions/repositories',
		],
		setWorkflowAccessToRepository: ['PUT /repos/{owner}/{repo}/actions/permissions/access'],
		updateEnvironmentVariable: [
			'PATCH /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}',
		],
		updateHostedRunnerForOrg: ['PATCH /orgs/{org}/actions/hosted-runners/{hosted_runner_id}'],
		updateOrgVariable: ['PATCH /orgs/{org}/actions/variables/{name}'],
		updateRepoVariable: ['PATCH /repos/{owner}/{repo}/actions/variables/{name}'],
	},
	activity: {
		checkRepoIsStarredByAuthenticatedUser: ['GET /user/starred/{owner}/{repo}'],
		deleteRepoSubscription: ['DELETE /repos/{owner}/{repo}/subscription'],
		deleteThreadSubscription: ['DELETE /notifications/threads/{thread_id}/subscription'],
		getFeeds: ['GET /feeds'],
		getRepoSubscription: ['GET /repos/{owner}/{repo}/subscription'],
		getThread: ['GET /notifications/threads/{thread_id}'],
		getThreadSubscriptionForAuthenticatedUser: ['GET /notifications/threads/{thread_id}/subscription'],
		listEventsForAuthenticatedUser: ['GET /users/{username}/events'],
		listNotificationsForAuthenticatedUser: ['GET /notifications'],
		listOrgEventsForAuthenticatedUser: ['GET /users/{username}/events/orgs/{org}'],
		listPublicEvents: ['GET /events'],
		listPublicEventsForRepoNetwork: ['GET /networks/{owner}/{repo}/events'],
		listPublicEventsForUser: ['GET /users/{username}/events/public'],
		listPublicOrgEvents: ['GET /orgs/{org}/events'],
		listReceivedEventsForUser: ['GET /users/{username}/received_events'],
		listReceivedPublicEventsForUser: ['GET /users/{username}/received_events/public'],
		listRepoEvents: ['GET /repos/{owner}/{repo}/events'],
		listRepoNotificationsForAuthenticatedUser: ['GET /repos/{owner}/{repo}/notifications'],
		listReposStarredByAuthenticatedUser: ['GET /user/starred'],
		listReposStarredByUser: ['GET /users/{username}/starred'],
		listReposWatchedByUser: ['GET /users/{username}/subscriptions'],
		listStargazersForRepo: ['GET /repos/{owner}/{repo}/stargazers'],
		listWatchedReposForAuthenticatedUser: ['GET /user/subscriptions'],
		listWatchersForRepo: ['GET /repos/{owner}/{repo}/subscribers'],
		markNotificationsAsRead: ['PUT /notifications'],
		markRepoNotificationsAsRead: ['PUT /repos/{owner}/{repo}/notifications'],
		markThreadAsDone: ['DELETE /notifications/threads/{thread_id}'],
		markThreadAsRead: ['PATCH /notifications/threads/{thread_id}'],
		setRepoSubscription: ['PUT /repos/{owner}/{repo}/subscription'],
		setThreadSubscription: ['PUT /notifications/threads/{thread_id}/subscription'],
		starRepoForAuthenticatedUser: ['PUT /user/starred/{owner}/{repo}'],
		unstarRepoForAuthenticatedUser: ['DELETE /user/starred/{owner}/{repo}'],
	},
	apps: {
		addRepoToInstallation: [
			'PUT /user/installations/{installation_id}/repositories/{repository_id}',
			{},
			{ renamed: ['apps', 'addRepoToInstallationForAuthenticatedUser'] },
		],
		addRepoToInstallationForAuthenticatedUser: [
			'PUT /user/installations/{installation_id}/repositories/{repository_id}',
		],
		checkToken: ['POST /applications/{client_id}/token'],
		createFromManifest: ['POST /app-manifests/{code}/conversions'],
		createInstallationAccessToken: ['POST /app/installations/{installation_id}/access_tokens'],
		deleteAuthorization: ['DELETE /applications/{client_id}/grant'],
		deleteInstallation: ['DELETE /app/installations/{installation_id}'],
		deleteToken: ['DELETE /applications/{client_id}/token'],
		getAuthenticated: ['GET /app'],
		getBySlug: ['GET /apps/{app_slug}'],
		getInstallation: ['GET /app/installations/{installation_id}'],
		getOrgInstallation: ['GET /orgs/{org}/installation'],
		getRepoInstallation: ['GET /repos/{owner}/{repo}/installation'],
		getSubscriptionPlanForAccount: ['GET /marketplace_listing/accounts/{account_id}'],
		getSubscriptionPlanForAccountStubbed: ['GET /marketplace_listing/stubbed/accounts/{account_id}'],
		getUserInstallation: ['GET /users/{username}/installation'],
		getWebhookConfigForApp: ['GET /app/hook/config'],
		getWebhookDelivery: ['GET /app/hook/deliveries/{delivery_id}'],
		listAccountsForPlan: ['GET /marketplace_listing/plans/{plan_id}/accounts'],
		listAccountsForPlanStubbed: ['GET /marketplace_listing/stubbed/plans/{plan_id}/accounts'],
		listInstallationReposForAuthenticatedUser: ['GET /user/installations/{installation_id}/repositories'],
		listInstallationRequestsForAuthenticatedApp: ['GET /app/installation-requests'],
		listInstallations: ['GET /app/installations'],
		listInstallationsForAuthenticatedUser: ['GET /user/installations'],
		listPlans: ['GET /marketplace_listing/plans'],
		listPlansStubbed: ['GET /marketplace_listing/stubbed/plans'],
		listReposAccessibleToInstallation: ['GET /installation/repositories'],
		listSubscriptionsForAuthenticatedUser: ['GET /user/marketplace_purchases'],
		listSubscriptionsForAuthenticatedUserStubbed: ['GET /user/marketplace_purchases/stubbed'],
		listWebhookDeliveries: ['GET /app/hook/deliveries'],
		redeliverWebhookDelivery: ['POST /app/hook/deliveries/{delivery_id}/attempts'],
		removeRepoFromInstallation: [
			'DELETE /user/installations/{installation_id}/repositories/{repository_id}',
			{},
			{ renamed: ['apps', 'removeRepoFromInstallationForAuthenticatedUser'] },
		],
		removeRepoFromInstallationForAuthenticatedUser: [
			'DELETE /user/installations/{installation_id}/repositories/{repository_id}',
		],
		resetToken: ['PATCH /applications/{client_id}/token'],
		revokeInstallationAccessToken: ['DELETE /installation/token'],
		scopeToken: ['POST /applications/{client_id}/token/scoped'],
		suspendInstallation: ['PUT /app/installations/{installation_id}/suspended'],
		unsuspendInstallation: ['DELETE /app/installations/{installation_id}/suspended'],
		updateWebhookConfigForApp: ['PATCH /app/hook/config'],
	},
	billing: {
		getGithubActionsBillingOrg: ['GET /orgs/{org}/settings/billing/actions'],
		getGithubActionsBillingUser: ['GET /users/{username}/settings/billing/actions'],
		getGithubBillingPremiumRequestUsageReportOrg: [
			'GET /organizations/{org}/settings/billing/premium_request/usage',
		],
		getGithubBillingPremiumRequestUsageReportUser: [
			'GET /users/{username}/settings/billing/premium_request/usage',
		],
		getGithubBillingUsageReportOrg: ['GET /organizations/{org}/settings/billing/usage'],
		getGithubBillingUsageReportUser: ['GET /users/{username}/settings/billing/usage'],
		getGithubPackagesBillingOrg: ['GET /orgs/{org}/settings/billing/packages'],
		getGithubPackagesBillingUser: ['GET /users/{username}/settings/billing/packages'],
		getSharedStorageBillingOrg: ['GET /orgs/{org}/settings/billing/shared-storage'],
		getSharedStorageBillingUser: ['GET /users/{username}/settings/billing/shared-storage'],
	},
	campaigns: {
		createCampaign: ['POST /orgs/{org}/campaigns'],
		deleteCampaign: ['DELETE /orgs/{org}/campaigns/{campaign_number}'],
		getCampaignSummary: ['GET /orgs/{org}/campaigns/{campaign_number}'],
		listOrgCampaigns: ['GET /orgs/{org}/campaigns'],
		updateCampaign: ['PATCH /orgs/{org}/campaigns/{campaign_number}'],
	},
	checks: {
		create: ['POST /repos/{owner}/{repo}/check-runs'],
		createSuite: ['POST /repos/{owner}/{repo}/check-suites'],
		get: ['GET /repos/{owner}/{repo}/check-runs/{check_run_id}'],
		getSuite: ['GET /repos/{owner}/{repo}/check-suites/{check_suite_id}'],
		listAnnotations: ['GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations'],
		listForRef: ['GET /repos/{owner}/{repo}/commits/{ref}/check-runs'],
		listForSuite: ['GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs'],
		listSuitesForRef: ['GET /repos/{owner}/{repo}/commits/{ref}/check-suites'],
		rerequestRun: ['POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest'],
		rerequestSuite: ['POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest'],
		setSuitesPreferences: ['PATCH /repos/{owner}/{repo}/check-suites/preferences'],
		update: ['PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}'],
	},
	codeScanning: {
		commitAutofix: ['POST /repos/{owner}/{repo}/code-scanning/alerts/{alert_number}/autofix/commits'],
		createAutofix: ['POST /repos/{owner}/{repo}/code-scanning/alerts/{alert_number}/autofix'],
		createVariantAnalysis: ['POST /repos/{owner}/{repo}/code-scanning/codeql/variant-analyses'],
		deleteAnalysis: ['DELETE /repos/{owner}/{repo}/code-scanning/analyses/{analysis_id}{?confirm_delete}'],
		deleteCodeqlDatabase: ['DELETE /repos/{owner}/{repo}/code-scanning/codeql/databases/{language}'],
		getAlert: [
			'GET /repos/{owner}/{repo}/code-scanning/alerts/{alert_number}',
			{},
			{ renamedParameters: { alert_id: 'alert_number' } },
		],
		getAnalysis: ['GET /repos/{owner}/{repo}/code-scanning/analyses/{analysis_id}'],
		getAutofix: ['GET /repos/{owner}/{repo}/code-scanning/alerts/{alert_number}/autofix'],
		getCodeqlDatabase: ['GET /repos/{owner}/{repo}/code-scanning/codeql/databases/{language}'],
		getDefaultSetup: ['GET /repos/{owner}/{repo}/code-scanning/default-setup'],
		getSarif: ['GET /repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}'],
		getVariantAnalysis: [
			'GET /repos/{owner}/{repo}/code-scanning/codeql/variant-analyses/{codeql_variant_analysis_id}',
		],
		getVariantAnalysisRepoTask: [
			'GET /repos/{owner}/{repo}/code-scanning/codeql/variant-analyses/{codeql_variant_analysis_id}/repos/{repo_owner}/{repo_name}',
		],
		listAlertInstances: ['GET /repos/{owner}/{repo}/code-scanning/alerts/{alert_number}/instances'],
		listAlertsForOrg: ['GET /orgs/{org}/code-scanning/alerts'],
		listAlertsForRepo: ['GET /repos/{owner}/{repo}/code-scanning/alerts'],
		listAlertsInstances: [
			'GET /repos/{owner}/{repo}/code-scanning/alerts/{alert_number}/instances',
			{},
			{ renamed: ['codeScanning', 'listAlertInstances'] },
		],
		listCodeqlDatabases: ['GET /repos/{owner}/{repo}/code-scanning/codeql/databases'],
		listRecentAnalyses: ['GET /repos/{owner}/{repo}/code-scanning/analyses'],
		updateAlert: ['PATCH /repos/{owner}/{repo}/code-scanning/alerts/{alert_number}'],
		updateDefaultSetup: ['PATCH /repos/{owner}/{repo}/code-scanning/default-setup'],
		uploadSarif: ['POST /repos/{owner}/{repo}/code-scanning/sarifs'],
	},
	codeSecurity: {
		attachConfiguration: ['POST /orgs/{org}/code-security/configurations/{configuration_id}/attach'],
		attachEnterpriseConfiguration: [
			'POST /enterprises/{enterprise}/code-security/configurations/{configuration_id}/attach',
		],
		createConfiguration: ['POST /orgs/{org}/code-security/configurations'],
		createConfigurationForEnterprise: ['POST /enterprises/{enterprise}/code-security/configurations'],
		deleteConfiguration: ['DELETE /orgs/{org}/code-security/configurations/{configuration_id}'],
		deleteConfigurationForEnterprise: [
			'DELETE /enterprises/{enterprise}/code-security/configurations/{configuration_id}',
		],
		detachConfiguration: ['DELETE /orgs/{org}/code-security/configurations/detach'],
		getConfiguration: ['GET /orgs/{org}/code-security/configurations/{configuration_id}'],
		getConfigurationForRepository: ['GET /repos/{owner}/{repo}/code-security-configuration'],
		getConfigurationsForEnterprise: ['GET /enterprises/{enterprise}/code-security/configurations'],
		getConfigurationsForOrg: ['GET /orgs/{org}/code-security/configurations'],
		getDefaultConfigurations: ['GET /orgs/{org}/code-security/configurations/defaults'],
		getDefaultConfigurationsForEnterprise: [
			'GET /enterprises/{enterprise}/code-security/configurations/defaults',
		],
		getRepositoriesForConfiguration: [
			'GET /orgs/{org}/code-security/configurations/{configuration_id}/repositories',
		],
		getRepositoriesForEnterpriseConfiguration: [
			'GET /enterprises/{enterprise}/code-security/configurations/{configuration_id}/repositories',
		],
		getSingleConfigurationForEnterprise: [
			'GET /enterprises/{enterprise}/code-security/configurations/{configuration_id}',
		],
		setConfigurationAsDefault: ['PUT /orgs/{org}/code-security/configurations/{configuration_id}/defaults'],
		setConfigurationAsDefaultForEnterprise: [
			'PUT /enterprises/{enterprise}/code-security/configurations/{configuration_id}/defaults',
		],
		updateConfiguration: ['PATCH /orgs/{org}/code-security/configurations/{configuration_id}'],
		updateEnterpriseConfiguration: [
			'PATCH /enterprises/{enterprise}/code-security/configurations/{configuration_id}',
		],
	},
	codesOfConduct: {
		getAllCodesOfConduct: ['GET /codes_of_conduct'],
		getConductCode: ['GET /codes_of_conduct/{key}'],
	},
	codespaces: {
		addRepositoryForSecretForAuthenticatedUser: [
			'PUT /user/codespaces/secrets/{secret_name}/repositories/{repository_id}',
		],
		addSelectedRepoToOrgSecret: [
			'PUT /orgs/{org}/codespaces/secrets/{secret_name}/repositories/{repository_id}',
		],
		checkPermissionsForDevcontainer: ['GET /repos/{owner}/{repo}/codespaces/permissions_check'],
		codespaceMachinesForAuthenticatedUser: ['GET /user/codespaces/{codespace_name}/machines'],
		createForAuthenticatedUser: ['POST /user/codespaces'],
		createOrUpdateOrgSecret: ['PUT /orgs/{org}/codespaces/secrets/{secret_name}'],
		createOrUpdateRepoSecret: ['PUT /repos/{owner}/{repo}/codespaces/secrets/{secret_name}'],
		createOrUpdateSecretForAuthenticatedUser: ['PUT /user/codespaces/secrets/{secret_name}'],
		createWithPrForAuthenticatedUser: ['POST /repos/{owner}/{repo}/pulls/{pull_number}/codespaces'],
		createWithRepoForAuthenticatedUser: ['POST /repos/{owner}/{repo}/codespaces'],
		deleteForAuthenticatedUser: ['DELETE /user/codespaces/{codespace_name}'],
		deleteFromOrganization: ['DELETE /orgs/{org}/members/{username}/codespaces/{codespace_name}'],
		deleteOrgSecret: ['DELETE /orgs/{org}/codespaces/secrets/{secret_name}'],
		deleteRepoSecret: ['DELETE /repos/{owner}/{repo}/codespaces/secrets/{secret_name}'],
		deleteSecretForAuthenticatedUser: ['DELETE /user/codespaces/secrets/{secret_name}'],
		exportForAuthenticatedUser: ['POST /user/codespaces/{codespace_name}/exports'],
		getCodespacesForUserInOrg: ['GET /orgs/{org}/members/{username}/codespaces'],
		getExportDetailsForAuthenticatedUser: ['GET /user/codespaces/{codespace_name}/exports/{export_id}'],
		getForAuthenticatedUser: ['GET /user/codespaces/{codespace_name}'],
		getOrgPublicKey: ['GET /orgs/{org}/codespaces/secrets/public-key'],
		getOrgSecret: ['GET /orgs/{org}/codespaces/secrets/{secret_name}'],
		getPublicKeyForAuthenticatedUser: ['GET /user/codespaces/secrets/public-key'],
		getRepoPublicKey: ['GET /repos/{owner}/{repo}/codespaces/secrets/public-key'],
		getRepoSecret: ['GET /repos/{owner}/{repo}/codespaces/secrets/{secret_name}'],
		getSecretForAuthenticatedUser: ['GET /user/codespaces/secrets/{secret_name}'],
		listDevcontainersInRepositoryForAuthenticatedUser: ['GET /repos/{owner}/{repo}/codespaces/devcontainers'],
		listForAuthenticatedUser: ['GET /user/codespaces'],
		listInOrganization: ['GET /orgs/{org}/codespaces', {}, { renamedParameters: { org_id: 'org' } }],
		listInRepositoryForAuthenticatedUser: ['GET /repos/{owner}/{repo}/codespaces'],
		listOrgSecrets: ['GET /orgs/{org}/codespaces/secrets'],
		listRepoSecrets: ['GET /repos/{owner}/{repo}/codespaces/secrets'],
		listRepositoriesForSecretForAuthenticatedUser: [
			'GET /user/codespaces/secrets/{secret_name}/repositories',
		],
		listSecretsForAuthenticatedUser: ['GET /user/codespaces/secrets'],
		listSelectedReposForOrgSecret: ['GET /orgs/{org}/codespaces/secrets/{secret_name}/repositories'],
		preFlightWithRepoForAuthenticatedUser: ['GET /repos/{owner}/{repo}/codespaces/new'],
		publishForAuthenticatedUser: ['POST /user/codespaces/{codespace_name}/publish'],
		removeRepositoryForSecretForAuthenticatedUser: [
			'DELETE /user/codespaces/secrets/{secret_name}/repositories/{repository_id}',
		],
		removeSelectedRepoFromOrgSecret: [
			'DELETE /orgs/{org}/codespaces/secrets/{secret_name}/repositories/{repository_id}',
		],
		repoMachinesForAuthenticatedUser: ['GET /repos/{owner}/{repo}/codespaces/machines'],
		setRepositoriesForSecretForAuthenticatedUser: ['PUT /user/codespaces/secrets/{secret_name}/repositories'],
		setSelectedReposForOrgSecret: ['PUT /orgs/{org}/codespaces/secrets/{secret_name}/repositories'],
		startForAuthenticatedUser: ['POST /user/codespaces/{codespace_name}/start'],
		stopForAuthenticatedUser: ['POST /user/codespaces/{codespace_name}/stop'],
		stopInOrganization: ['POST /orgs/{org}/members/{username}/codespaces/{codespace_name}/stop'],
		updateForAuthenticatedUser: ['PATCH /user/codespaces/{codespace_name}'],
	},
	copilot: {
		addCopilotSeatsForTeams: ['POST /orgs/{org}/copilot/billing/selected_teams'],
		addCopilotSeatsForUsers: ['POST /orgs/{org}/copilot/billing/selected_users'],
		cancelCopilotSeatAssignmentForTeams: ['DELETE /orgs/{org}/copilot/billing/selected_teams'],
		cancelCopilotSeatAssignmentForUsers: ['DELETE /orgs/{org}/copilot/billing/selected_users'],
		copilotMetricsForOrganization: ['GET /orgs/{org}/copilot/metrics'],
		copilotMetricsForTeam: ['GET /orgs/{org}/team/{team_slug}/copilot/metrics'],
		getCopilotOrganizationDetails: ['GET /orgs/{org}/copilot/billing'],
		getCopilotSeatDetailsForUser: ['GET /orgs/{org}/members/{username}/copilot'],
		listCopilotSeats: ['GET /orgs/{org}/copilot/billing/seats'],
	},
	credentials: { revoke: ['POST /credentials/revoke'] },
	dependabot: {
		addSelectedRepoToOrgSecret: [
			'PUT /orgs/{org}/dependabot/secrets/{secret_name}/repositories/{repository_id}',
		],
		createOrUpdateOrgSecret: ['PUT /orgs/{org}/dependabot/secrets/{secret_name}'],
		createOrUpdateRepoSecret: ['PUT /repos/{owner}/{repo}/dependabot/secrets/{secret_name}'],
		deleteOrgSecret: ['DELETE /orgs/{org}/dependabot/secrets/{secret_name}'],
		deleteRepoSecret: ['DELETE /repos/{owner}/{repo}/dependabot/secrets/{secret_name}'],
		getAlert: ['GET /repos/{owner}/{repo}/dependabot/alerts/{alert_number}'],
		getOrgPublicKey: ['GET /orgs/{org}/dependabot/secrets/public-key'],
		getOrgSecret: ['GET /orgs/{org}/dependabot/secrets/{secret_name}'],
		getRepoPublicKey: ['GET /repos/{owner}/{repo}/dependabot/secrets/public-key'],
		getRepoSecret: ['GET /repos/{owner}/{repo}/dependabot/secrets/{secret_name}'],
		listAlertsForEnterprise: ['GET /enterprises/{enterprise}/dependabot/alerts'],
		listAlertsForOrg: ['GET /orgs/{org}/dependabot/alerts'],
		listAlertsForRepo: ['GET /repos/{owner}/{repo}/dependabot/alerts'],
		listOrgSecrets: ['GET /orgs/{org}/dependabot/secrets'],
		listRepoSecrets: ['GET /repos/{owner}/{repo}/dependabot/secrets'],
		listSelectedReposForOrgSecret: ['GET /orgs/{org}/dependabot/secrets/{secret_name}/repositories'],
		removeSelectedRepoFromOrgSecret: [
			'DELETE /orgs/{org}/dependabot/secrets/{secret_name}/repositories/{repository_id}',
		],
		repositoryAccessForOrg: ['GET /organizations/{org}/dependabot/repository-access'],
		setRepositoryAccessDefaultLevel: ['PUT /organizations/{org}/dependabot/repository-access/default-level'],
		setSelectedReposForOrgSecret: ['PUT /orgs/{org}/dependabot/secrets/{secret_name}/repositories'],
		updateAlert: ['PATCH /repos/{owner}/{repo}/dependabot/alerts/{alert_number}'],
		updateRepositoryAccessForOrg: ['PATCH /organizations/{org}/dependabot/repository-access'],
	},
	dependencyGraph: {
		createRepositorySnapshot: ['POST /repos/{owner}/{repo}/dependency-graph/snapshots'],
		diffRange: ['GET /repos/{owner}/{repo}/dependency-graph/compare/{basehead}'],
		exportSbom: ['GET /repos/{owner}/{repo}/dependency-graph/sbom'],
	},
	emojis: { get: ['GET /emojis'] },
	enterpriseTeamMemberships: {
		add: ['PUT /enterprises/{enterprise}/teams/{enterprise-team}/memberships/{username}'],
		bulkAdd: ['POST /enterprises/{enterprise}/teams/{enterprise-team}/memberships/add'],
		bulkRemove: ['POST /enterprises/{enterprise}/teams/{enterprise-team}/memberships/remove'],
		get: ['GET /enterprises/{enterprise}/teams/{enterprise-team}/memberships/{username}'],
		list: ['GET /enterprises/{enterprise}/teams/{enterprise-team}/memberships'],
		remove: ['DELETE /enterprises/{enterprise}/teams/{enterprise-team}/memberships/{username}'],
	},
	enterpriseTeamOrganizations: {
		add: ['PUT /enterprises/{enterprise}/teams/{enterprise-team}/organizations/{org}'],
		bulkAdd: ['POST /enterprises/{enterprise}/teams/{enterprise-team}/organizations/add'],
		bulkRemove: ['POST /enterprises/{enterprise}/teams/{enterprise-team}/organizations/remove'],
		delete: ['DELETE /enterprises/{enterprise}/teams/{enterprise-team}/organizations/{org}'],
		getAssignment: ['GET /enterprises/{enterprise}/teams/{enterprise-team}/organizations/{org}'],
		getAssignments: ['GET /enterprises/{enterprise}/teams/{enterprise-team}/organizations'],
	},
	enterpriseTeams: {
		create: ['POST /enterprises/{enterprise}/teams'],
		delete: ['DELETE /enterprises/{enterprise}/teams/{team_slug}'],
		get: ['GET /enterprises/{enterprise}/teams/{team_slug}'],
		list: ['GET /enterprises/{enterprise}/teams'],
		update: ['PATCH /enterprises/{enterprise}/teams/{team_slug}'],
	},
	gists: {
		checkIsStarred: ['GET /gists/{gist_id}/star'],
		create: ['POST /gists'],
		createComment: ['POST /gists/{gist_id}/comments'],
		delete: ['DELETE /gists/{gist_id}'],
		deleteComment: ['DELETE /gists/{gist_id}/comments/{comment_id}'],
		fork: ['POST /gists/{gist_id}/forks'],
		get: ['GET /gists/{gist_id}'],
		getComment: ['GET /gists/{gist_id}/comments/{comment_id}'],
		getRevision: ['GET /gists/{gist_id}/{sha}'],
		list: ['GET /gists'],
		listComments: ['GET /gists/{gist_id}/comments'],
		listCommits: ['GET /gists/{gist_id}/commits'],
		listForUser: ['GET /users/{username}/gists'],
		listForks: ['GET /gists/{gist_id}/forks'],
		listPublic: ['GET /gists/public'],
		listStarred: ['GET /gists/starred'],
		star: ['PUT /gists/{gist_id}/star'],
		unstar: ['DELETE /gists/{gist_id}/star'],
		update: ['PATCH /gists/{gist_id}'],
		updateComment: ['PATCH /gists/{gist_id}/comments/{comment_id}'],
	},
	git: {
		createBlob: ['POST /repos/{owner}/{repo}/git/blobs'],
		createCommit: ['POST /repos/{owner}/{repo}/git/commits'],
		createRef: ['POST /repos/{owner}/{repo}/git/refs'],
		createTag: ['POST /repos/{owner}/{repo}/git/tags'],
		createTree: ['POST /repos/{owner}/{repo}/git/trees'],
		deleteRef: ['DELETE /repos/{owner}/{repo}/git/refs/{ref}'],
		getBlob: ['GET /repos/{owner}/{repo}/git/blobs/{file_sha}'],
		getCommit: ['GET /repos/{owner}/{repo}/git/commits/{commit_sha}'],
		getRef: ['GET /repos/{owner}/{repo}/git/ref/{ref}'],
		getTag: ['GET /repos/{owner}/{repo}/git/tags/{tag_sha}'],
		getTree: ['GET /repos/{owner}/{repo}/git/trees/{tree_sha}'],
		listMatchingRefs: ['GET /repos/{owner}/{repo}/git/matching-refs/{ref}'],
		updateRef: ['PATCH /repos/{owner}/{repo}/git/refs/{ref}'],
	},
	gitignore: {
		getAllTemplates: ['GET /gitignore/templates'],
		getTemplate: ['GET /gitignore/templates/{name}'],
	},
	hostedCompute: {
		createNetworkConfigurationForOrg: ['POST /orgs/{org}/settings/network-configurations'],
		deleteNetworkConfigurationFromOrg: [
			'DELETE /orgs/{org}/settings/network-configurations/{network_configuration_id}',
		],
		getNetworkConfigurationForOrg: [
			'GET /orgs/{org}/settings/network-configurations/{network_configuration_id}',
		],
		getNetworkSettingsForOrg: ['GET /orgs/{org}/settings/network-settings/{network_settings_id}'],
		listNetworkConfigurationsForOrg: ['GET /orgs/{org}/settings/network-configurations'],
		updateNetworkConfigurationForOrg: [
			'PATCH /orgs/{org}/settings/network-configurations/{network_configuration_id}',
		],
	},
	interactions: {
		getRestrictionsForAuthenticatedUser: ['GET /user/interaction-limits'],
		getRestrictionsForOrg: ['GET /orgs/{org}/interaction-limits'],
		getRestrictionsForRepo: ['GET /repos/{owner}/{repo}/interaction-limits'],
		getRestrictionsForYourPublicRepos: [
			'GET /user/interaction-limits',
			{},
			{ renamed: ['interactions', 'getRestrictionsForAuthenticatedUser'] },
		],
		removeRestrictionsForAuthenticatedUser: ['DELETE /user/interaction-limits'],
		removeRestrictionsForOrg: ['DELETE /orgs/{org}/interaction-limits'],
		removeRestrictionsForRepo: ['DELETE /repos/{owner}/{repo}/interaction-limits'],
		removeRestrictionsForYourPublicRepos: [
			'DELETE /user/interaction-limits',
			{},
			{ renamed: ['interactions', 'removeRestrictionsForAuthenticatedUser'] },
		],
		setRestrictionsForAuthenticatedUser: ['PUT /user/interaction-limits'],
		setRestrictionsForOrg: ['PUT /orgs/{org}/interaction-limits'],
		setRestrictionsForRepo: ['PUT /repos/{owner}/{repo}/interaction-limits'],
		setRestrictionsForYourPublicRepos: [
			'PUT /user/interaction-limits',
			{},
			{ renamed: ['interactions', 'setRestrictionsForAuthenticatedUser'] },
		],
	},
	issues: {
		addAssignees: ['POST /repos/{owner}/{repo}/issues/{issue_number}/assignees'],
		addBlockedByDependency: ['POST /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by'],
		addLabels: ['POST /repos/{owner}/{repo}/issues/{issue_number}/labels'],
		addSubIssue: ['POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues'],
		checkUserCanBeAssigned: ['GET /repos/{owner}/{repo}/assignees/{assignee}'],
		checkUserCanBeAssignedToIssue: ['GET /repos/{owner}/{repo}/issues/{issue_number}/assignees/{assignee}'],
		create: ['POST /repos/{owner}/{repo}/issues'],
		createComment: ['POST /repos/{owner}/{repo}/issues/{issue_number}/comments'],
		createLabel: ['POST /repos/{owner}/{repo}/labels'],
		createMilestone: ['POST /repos/{owner}/{repo}/milestones'],
		deleteComment: ['DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}'],
		deleteLabel: ['DELETE /repos/{owner}/{repo}/labels/{name}'],
		deleteMilestone: ['DELETE /repos/{owner}/{repo}/milestones/{milestone_number}'],
		get: ['GET /repos/{owner}/{repo}/issues/{issue_number}'],
		getComment: ['GET /repos/{owner}/{repo}/issues/comments/{comment_id}'],
		getEvent: ['GET /repos/{owner}/{repo}/issues/events/{event_id}'],
		getLabel: ['GET /repos/{owner}/{repo}/labels/{name}'],
		getMilestone: ['GET /repos/{owner}/{repo}/milestones/{milestone_number}'],
		getParent: ['GET /repos/{owner}/{repo}/issues/{issue_number}/parent'],
		list: ['GET /issues'],
		listAssignees: ['GET /repos/{owner}/{repo}/assignees'],
		listComments: ['GET /repos/{owner}/{repo}/issues/{issue_number}/comments'],
		listCommentsForRepo: ['GET /repos/{owner}/{repo}/issues/comments'],
		listDependenciesBlockedBy: ['GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by'],
		listDependenciesBlocking: ['GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocking'],
		listEvents: ['GET /repos/{owner}/{repo}/issues/{issue_number}/events'],
		listEventsForRepo: ['GET /repos/{owner}/{repo}/issues/events'],
		listEventsForTimeline: ['GET /repos/{owner}/{repo}/issues/{issue_number}/timeline'],
		listForAuthenticatedUser: ['GET /user/issues'],
		listForOrg: ['GET /orgs/{org}/issues'],
		listForRepo: ['GET /repos/{owner}/{repo}/issues'],
		listLabelsForMilestone: ['GET /repos/{owner}/{repo}/milestones/{milestone_number}/labels'],
		listLabelsForRepo: ['GET /repos/{owner}/{repo}/labels'],
		listLabelsOnIssue: ['GET /repos/{owner}/{repo}/issues/{issue_number}/labels'],
		listMilestones: ['GET /repos/{owner}/{repo}/milestones'],
		listSubIssues: ['GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues'],
		lock: ['PUT /repos/{owner}/{repo}/issues/{issue_number}/lock'],
		removeAllLabels: ['DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels'],
		removeAssignees: ['DELETE /repos/{owner}/{repo}/issues/{issue_number}/assignees'],
		removeDependencyBlockedBy: [
			'DELETE /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by/{issue_id}',
		],
		removeLabel: ['DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}'],
		removeSubIssue: ['DELETE /repos/{owner}/{repo}/issues/{issue_number}/sub_issue'],
		reprioritizeSubIssue: ['PATCH /repos/{owner}/{repo}/issues/{issue_number}/sub_issues/priority'],
		setLabels: ['PUT /repos/{owner}/{repo}/issues/{issue_number}/labels'],
		unlock: ['DELETE /repos/{owner}/{repo}/issues/{issue_number}/lock'],
		update: ['PATCH /repos/{owner}/{repo}/issues/{issue_number}'],
		updateComment: ['PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'],
		updateLabel: ['PATCH /repos/{owner}/{repo}/labels/{name}'],
		updateMilestone: ['PATCH /repos/{owner}/{repo}/milestones/{milestone_number}'],
	},
	licenses: {
		get: ['GET /licenses/{license}'],
		getAllCommonlyUsed: ['GET /licenses'],
		getForRepo: ['GET /repos/{owner}/{repo}/license'],
	},
	markdown: {
		render: ['POST /markdown'],
		renderRaw: ['POST /markdown/raw', { headers: { 'content-type': 'text/plain; charset=utf-8' } }],
	},
	meta: {
		get: ['GET /meta'],
		getAllVersions: ['GET /versions'],
		getOctocat: ['GET /octocat'],
		getZen: ['GET /zen'],
		root: ['GET /'],
	},
	migrations: {
		deleteArchiveForAuthenticatedUser: ['DELETE /user/migrations/{migration_id}/archive'],
		deleteArchiveForOrg: ['DELETE /orgs/{org}/migrations/{migration_id}/archive'],
		downloadArchiveForOrg: ['GET /orgs/{org}/migrations/{migration_id}/archive'],
		getArchiveForAuthenticatedUser: ['GET /user/migrations/{migration_id}/archive'],
		getStatusForAuthenticatedUser: ['GET /user/migrations/{migration_id}'],
		getStatusForOrg: ['GET /orgs/{org}/migrations/{migration_id}'],
		listForAuthenticatedUser: ['GET /user/migrations'],
		listForOrg: ['GET /orgs/{org}/migrations'],
		listReposForAuthenticatedUser: ['GET /user/migrations/{migration_id}/repositories'],
		listReposForOrg: ['GET /orgs/{org}/migrations/{migration_id}/repositories'],
		listReposForUser: [
			'GET /user/migrations/{migration_id}/repositories',
			{},
			{ renamed: ['migrations', 'listReposForAuthenticatedUser'] },
		],
		startForAuthenticatedUser: ['POST /user/migrations'],
		startForOrg: ['POST /orgs/{org}/migrations'],
		unlockRepoForAuthenticatedUser: ['DELETE /user/migrations/{migration_id}/repos/{repo_name}/lock'],
		unlockRepoForOrg: ['DELETE /orgs/{org}/migrations/{migration_id}/repos/{repo_name}/lock'],
	},
	oidc: {
		getOidcCustomSubTemplateForOrg: ['GET /orgs/{org}/actions/oidc/customization/sub'],
		updateOidcCustomSubTemplateForOrg: ['PUT /orgs/{org}/actions/oidc/customization/sub'],
	},
	orgs: {
		addSecurityManagerTeam: [
			'PUT /orgs/{org}/security-managers/teams/{team_slug}',
			{},
			{
				deprecated:
					'octokit.rest.orgs.addSecurityManagerTeam() is deprecated, see https://docs.github.com/rest/orgs/security-managers#add-a-security-manager-team',
			},
		],
		assignTeamToOrgRole: ['PUT /orgs/{org}/organization-roles/teams/{team_slug}/{role_id}'],
		assignUserToOrgRole: ['PUT /orgs/{org}/organization-roles/users/{username}/{role_id}'],
		blockUser: ['PUT /orgs/{org}/blocks/{username}'],
		cancelInvitation: ['DELETE /orgs/{org}/invitations/{invitation_id}'],
		checkBlockedUser: ['GET /orgs/{org}/blocks/{username}'],
		checkMembershipForUser: ['GET /orgs/{org}/members/{username}'],
		checkPublicMembershipForUser: ['GET /orgs/{org}/public_members/{username}'],
		convertMemberToOutsideCollaborator: ['PUT /orgs/{org}/outside_collaborators/{username}'],
		createArtifactStorageRecord: ['POST /orgs/{org}/artifacts/metadata/storage-record'],
		createInvitation: ['POST /orgs/{org}/invitations'],
		createIssueType: ['POST /orgs/{org}/issue-types'],
		createWebhook: ['POST /orgs/{org}/hooks'],
		customPropertiesForOrgsCreateOrUpdateOrganizationValues: [
			'PATCH /organizations/{org}/org-properties/values',
		],
		customPropertiesForOrgsGetOrganizationValues: ['GET /organizations/{org}/org-properties/values'],
		customPropertiesForReposCreateOrUpdateOrganizationDefinition: [
			'PUT /orgs/{org}/properties/schema/{custom_property_name}',
		],
		customPropertiesForReposCreateOrUpdateOrganizationDefinitions: ['PATCH /orgs/{org}/properties/schema'],
		customPropertiesForReposCreateOrUpdateOrganizationValues: ['PATCH /orgs/{org}/properties/values'],
		customPropertiesForReposDeleteOrganizationDefinition: [
			'DELETE /orgs/{org}/properties/schema/{custom_property_name}',
		],
		customPropertiesForReposGetOrganizationDefinition: [
			'GET /orgs/{org}/properties/schema/{custom_property_name}',
		],
		customPropertiesForReposGetOrganizationDefinitions: ['GET /orgs/{org}/properties/schema'],
		customPropertiesForReposGetOrganizationValues: ['GET /orgs/{org}/properties/values'],
		delete: ['DELETE /orgs/{org}'],
		deleteAttestationsBulk: ['POST /orgs/{org}/attestations/delete-request'],
		deleteAttestationsById: ['DELETE /orgs/{org}/attestations/{attestation_id}'],
		deleteAttestationsBySubjectDigest: ['DELETE /orgs/{org}/attestations/digest/{subject_digest}'],
		deleteIssueType: ['DELETE /orgs/{org}/issue-types/{issue_type_id}'],
		deleteWebhook: ['DELETE /orgs/{org}/hooks/{hook_id}'],
		disableSelectedRepositoryImmutableReleasesOrganization: [
			'DELETE /orgs/{org}/settings/immutable-releases/repositories/{repository_id}',
		],
		enableSelectedRepositoryImmutableReleasesOrganization: [
			'PUT /orgs/{org}/settings/immutable-releases/repositories/{repository_id}',
		],
		get: ['GET /orgs/{org}'],
		getImmutableReleasesSettings: ['GET /orgs/{org}/settings/immutable-releases'],
		getImmutableReleasesSettingsRepositories: ['GET /orgs/{org}/settings/immutable-releases/repositories'],
		getMembershipForAuthenticatedUser: ['GET /user/memberships/orgs/{org}'],
		getMembershipForUser: ['GET /orgs/{org}/memberships/{username}'],
		getOrgRole: ['GET /orgs/{org}/organization-roles/{role_id}'],
		getOrgRulesetHistory: ['GET /orgs/{org}/rulesets/{ruleset_id}/history'],
		getOrgRulesetVersion: ['GET /orgs/{org}/rulesets/{ruleset_id}/history/{version_id}'],
		getWebhook: ['GET /orgs/{org}/hooks/{hook_id}'],
		getWebhookConfigForOrg: ['GET /orgs/{org}/hooks/{hook_id}/config'],
		getWebhookDelivery: ['GET /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}'],
		list: ['GET /organizations'],
		listAppInstallations: ['GET /orgs/{org}/installations'],
		listArtifactStorageRecords: ['GET /orgs/{org}/artifacts/{subject_digest}/metadata/storage-records'],
		listAttestationRepositories: ['GET /orgs/{org}/attestations/repositories'],
		listAttestations: ['GET /orgs/{org}/attestations/{subject_digest}'],
		listAttestationsBulk: ['POST /orgs/{org}/attestations/bulk-list{?per_page,before,after}'],
		listBlockedUsers: ['GET /orgs/{org}/blocks'],
		listFailedInvitations: ['GET /orgs/{org}/failed_invitations'],
		listForAuthenticatedUser: ['GET /user/orgs'],
		listForUser: ['GET /users/{username}/orgs'],
		listInvitationTeams: ['GET /orgs/{org}/invitations/{invitation_id}/teams'],
		listIssueTypes: ['GET /orgs/{org}/issue-types'],
		listMembers: ['GET /orgs/{org}/members'],
		listMembershipsForAuthenticatedUser: ['GET /user/memberships/orgs'],
		listOrgRoleTeams: ['GET /orgs/{org}/organization-roles/{role_id}/teams'],
		listOrgRoleUsers: ['GET /orgs/{org}/organization-roles/{role_id}/users'],
		listOrgRoles: ['GET /orgs/{org}/organization-roles'],
		listOrganizationFineGrainedPermissions: ['GET /orgs/{org}/organization-fine-grained-permissions'],
		listOutsideCollaborators: ['GET /orgs/{org}/outside_collaborators'],
		listPatGrantRepositories: ['GET /orgs/{org}/personal-access-tokens/{pat_id}/repositories'],
		listPatGrantRequestRepositories: [
			'GET /orgs/{org}/personal-access-token-requests/{pat_request_id}/repositories',
		],
		listPatGrantRequests: ['GET /orgs/{org}/personal-access-token-requests'],
		listPatGrants: ['GET /orgs/{org}/personal-access-tokens'],
		listPendingInvitations: ['GET /orgs/{org}/invitations'],
		listPublicMembers: ['GET /orgs/{org}/public_members'],
		listSecurityManagerTeams: [
			'GET /orgs/{org}/security-managers',
			{},
			{
				deprecated:
					'octokit.rest.orgs.listSecurityManagerTeams() is deprecated, see https://docs.github.com/rest/orgs/security-managers#list-security-manager-teams',
			},
		],
		listWebhookDeliveries: ['GET /orgs/{org}/hooks/{hook_id}/deliveries'],
		listWebhooks: ['GET /orgs/{org}/hooks'],
		pingWebhook: ['POST /orgs/{org}/hooks/{hook_id}/pings'],
		redeliverWebhookDelivery: ['POST /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}/attempts'],
		removeMember: ['DELETE /orgs/{org}/members/{username}'],
		removeMembershipForUser: ['DELETE /orgs/{org}/memberships/{username}'],
		removeOutsideCollaborator: ['DELETE /orgs/{org}/outside_collaborators/{username}'],
		removePublicMembershipForAuthenticatedUser: ['DELETE /orgs/{org}/public_members/{username}'],
		removeSecurityManagerTeam: [
			'DELETE /orgs/{org}/security-managers/teams/{team_slug}',
			{},
			{
				deprecated:
					'octokit.rest.orgs.removeSecurityManagerTeam() is deprecated, see https://docs.github.com/rest/orgs/security-managers#remove-a-security-manager-team',
			},
		],
		reviewPatGrantRequest: ['POST /orgs/{org}/personal-access-token-requests/{pat_request_id}'],
		reviewPatGrantRequestsInBulk: ['POST /orgs/{org}/personal-access-token-requests'],
		revokeAllOrgRolesTeam: ['DELETE /orgs/{org}/organization-roles/teams/{team_slug}'],
		revokeAllOrgRolesUser: ['DELETE /orgs/{org}/organization-roles/users/{username}'],
		revokeOrgRoleTeam: ['DELETE /orgs/{org}/organization-roles/teams/{team_slug}/{role_id}'],
		revokeOrgRoleUser: ['DELETE /orgs/{org}/organization-roles/users/{username}/{role_id}'],
		setImmutableReleasesSettings: ['PUT /orgs/{org}/settings/immutable-releases'],
		setImmutableReleasesSettingsRepositories: ['PUT /orgs/{org}/settings/immutable-releases/repositories'],
		setMembershipForUser: ['PUT /orgs/{org}/memberships/{username}'],
		setPublicMembershipForAuthenticatedUser: ['PUT /orgs/{org}/public_members/{username}'],
		unblockUser: ['DELETE /orgs/{org}/blocks/{username}'],
		update: ['PATCH /orgs/{org}'],
		updateIssueType: ['PUT /orgs/{org}/issue-types/{issue_type_id}'],
		updateMembershipForAuthenticatedUser: ['PATCH /user/memberships/orgs/{org}'],
		updatePatAccess: ['POST /orgs/{org}/personal-access-tokens/{pat_id}'],
		updatePatAccesses: ['POST /orgs/{org}/personal-access-tokens'],
		updateWebhook: ['PATCH /orgs/{org}/hooks/{hook_id}'],
		updateWebhookConfigForOrg: ['PATCH /orgs/{org}/hooks/{hook_id}/config'],
	},
	packages: {
		deletePackageForAuthenticatedUser: ['DELETE /user/packages/{package_type}/{package_name}'],
		deletePackageForOrg: ['DELETE /orgs/{org}/packages/{package_type}/{package_name}'],
		deletePackageForUser: ['DELETE /users/{username}/packages/{package_type}/{package_name}'],
		deletePackageVersionForAuthenticatedUser: [
			'DELETE /user/packages/{package_type}/{package_name}/versions/{package_version_id}',
		],
		deletePackageVersionForOrg: [
			'DELETE /orgs/{org}/packages/{package_type}/{package_name}/versions/{package_version_id}',
		],
		deletePackageVersionForUser: [
			'DELETE /users/{username}/packages/{package_type}/{package_name}/versions/{package_version_id}',
		],
		getAllPackageVersionsForAPackageOwnedByAnOrg: [
			'GET /orgs/{org}/packages/{package_type}/{package_name}/versions',
			{},
			{ renamed: ['packages', 'getAllPackageVersionsForPackageOwnedByOrg'] },
		],
		getAllPackageVersionsForAPackageOwnedByTheAuthenticatedUser: [
			'GET /user/packages/{package_type}/{package_name}/versions',
			{},
			{
				renamed: ['packages', 'getAllPackageVersionsForPackageOwnedByAuthenticatedUser'],
			},
		],
		getAllPackageVersionsForPackageOwnedByAuthenticatedUser: [
			'GET /user/packages/{package_type}/{package_name}/versions',
		],
		getAllPackageVersionsForPackageOwnedByOrg: [
			'GET /orgs/{org}/packages/{package_type}/{package_name}/versions',
		],
		getAllPackageVersionsForPackageOwnedByUser: [
			'GET /users/{username}/packages/{package_type}/{package_name}/versions',
		],
		getPackageForAuthenticatedUser: ['GET /user/packages/{package_type}/{package_name}'],
		getPackageForOrganization: ['GET /orgs/{org}/packages/{package_type}/{package_name}'],
		getPackageForUser: ['GET /users/{username}/packages/{package_type}/{package_name}'],
		getPackageVersionForAuthenticatedUser: [
			'GET /user/packages/{package_type}/{package_name}/versions/{package_version_id}',
		],
		getPackageVersionForOrganization: [
			'GET /orgs/{org}/packages/{package_type}/{package_name}/versions/{package_version_id}',
		],
		getPackageVersionForUser: [
			'GET /users/{username}/packages/{package_type}/{package_name}/versions/{package_version_id}',
		],
		listDockerMigrationConflictingPackagesForAuthenticatedUser: ['GET /user/docker/conflicts'],
		listDockerMigrationConflictingPackagesForOrganization: ['GET /orgs/{org}/docker/conflicts'],
		listDockerMigrationConflictingPackagesForUser: ['GET /users/{username}/docker/conflicts'],
		listPackagesForAuthenticatedUser: ['GET /user/packages'],
		listPackagesForOrganization: ['GET /orgs/{org}/packages'],
		listPackagesForUser: ['GET /users/{username}/packages'],
		restorePackageForAuthenticatedUser: ['POST /user/packages/{package_type}/{package_name}/restore{?token}'],
		restorePackageForOrg: ['POST /orgs/{org}/packages/{package_type}/{package_name}/restore{?token}'],
		restorePackageForUser: ['POST /users/{username}/packages/{package_type}/{package_name}/restore{?token}'],
		restorePackageVersionForAuthenticatedUser: [
			'POST /user/packages/{package_type}/{package_name}/versions/{package_version_id}/restore',
		],
		restorePackageVersionForOrg: [
			'POST /orgs/{org}/packages/{package_type}/{package_name}/versions/{package_version_id}/restore',
		],
		restorePackageVersionForUser: [
			'POST /users/{username}/packages/{package_type}/{package_name}/versions/{package_version_id}/restore',
		],
	},
	privateRegistries: {
		createOrgPrivateRegistry: ['POST /orgs/{org}/private-registries'],
		deleteOrgPrivateRegistry: ['DELETE /orgs/{org}/private-registries/{secret_name}'],
		getOrgPrivateRegistry: ['GET /orgs/{org}/private-registries/{secret_name}'],
		getOrgPublicKey: ['GET /orgs/{org}/private-registries/public-key'],
		listOrgPrivateRegistries: ['GET /orgs/{org}/private-registries'],
		updateOrgPrivateRegistry: ['PATCH /orgs/{org}/private-registries/{secret_name}'],
	},
	projects: {
		addItemForOrg: ['POST /orgs/{org}/projectsV2/{project_number}/items'],
		addItemForUser: ['POST /users/{username}/projectsV2/{project_number}/items'],
		deleteItemForOrg: ['DELETE /orgs/{org}/projectsV2/{project_number}/items/{item_id}'],
		deleteItemForUser: ['DELETE /users/{username}/projectsV2/{project_number}/items/{item_id}'],
		getFieldForOrg: ['GET /orgs/{org}/projectsV2/{project_number}/fields/{field_id}'],
		getFieldForUser: ['GET /users/{username}/projectsV2/{project_number}/fields/{field_id}'],
		getForOrg: ['GET /orgs/{org}/projectsV2/{project_number}'],
		getForUser: ['GET /users/{username}/projectsV2/{project_number}'],
		getOrgItem: ['GET /orgs/{org}/projectsV2/{project_number}/items/{item_id}'],
		getUserItem: ['GET /users/{username}/projectsV2/{project_number}/items/{item_id}'],
		listFieldsForOrg: ['GET /orgs/{org}/projectsV2/{project_number}/fields'],
		listFieldsForUser: ['GET /users/{username}/projectsV2/{project_number}/fields'],
		listForOrg: ['GET /orgs/{org}/projectsV2'],
		listForUser: ['GET /users/{username}/projectsV2'],
		listItemsForOrg: ['GET /orgs/{org}/projectsV2/{project_number}/items'],
		listItemsForUser: ['GET /users/{username}/projectsV2/{project_number}/items'],
		updateItemForOrg: ['PATCH /orgs/{org}/projectsV2/{project_number}/items/{item_id}'],
		updateItemForUser: ['PATCH /users/{username}/projectsV2/{project_number}/items/{item_id}'],
	},
	pulls: {
		checkIfMerged: ['GET /repos/{owner}/{repo}/pulls/{pull_number}/merge'],
		create: ['POST /repos/{owner}/{repo}/pulls'],
		createReplyForReviewComment: [
			'POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies',
		],
		createReview: ['POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews'],
		createReviewComment: ['POST /repos/{owner}/{repo}/pulls/{pull_number}/comments'],
		deletePendingReview: ['DELETE /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}'],
		deleteReviewComment: ['DELETE /repos/{owner}/{repo}/pulls/comments/{comment_id}'],
		dismissReview: ['PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals'],
		get: ['GET /repos/{owner}/{repo}/pulls/{pull_number}'],
		getReview: ['GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}'],
		getReviewComment: ['GET /repos/{owner}/{repo}/pulls/comments/{comment_id}'],
		list: ['GET /repos/{owner}/{repo}/pulls'],
		listCommentsForReview: ['GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments'],
		listCommits: ['GET /repos/{owner}/{repo}/pulls/{pull_number}/commits'],
		listFiles: ['GET /repos/{owner}/{repo}/pulls/{pull_number}/files'],
		listRequestedReviewers: ['GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers'],
		listReviewComments: ['GET /repos/{owner}/{repo}/pulls/{pull_number}/comments'],
		listReviewCommentsForRepo: ['GET /repos/{owner}/{repo}/pulls/comments'],
		listReviews: ['GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews'],
		merge: ['PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge'],
		removeRequestedReviewers: ['DELETE /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers'],
		requestReviewers: ['POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers'],
		submitReview: ['POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events'],
		update: ['PATCH /repos/{owner}/{repo}/pulls/{pull_number}'],
		updateBranch: ['PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch'],
		updateReview: ['PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}'],
		updateReviewComment: ['PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}'],
	},
	rateLimit: { get: ['GET /rate_limit'] },
	reactions: {
		createForCommitComment: ['POST /repos/{owner}/{repo}/comments/{comment_id}/reactions'],
		createForIssue: ['POST /repos/{owner}/{repo}/issues/{issue_number}/reactions'],
		createForIssueComment: ['POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'],
		createForPullRequestReviewComment: ['POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions'],
		createForRelease: ['POST /repos/{owner}/{repo}/releases/{release_id}/reactions'],
		createForTeamDiscussionCommentInOrg: [
			'POST /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments/{comment_number}/reactions',
		],
		createForTeamDiscussionInOrg: [
			'POST /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/reactions',
		],
		deleteForCommitComment: ['DELETE /repos/{owner}/{repo}/comments/{comment_id}/reactions/{reaction_id}'],
		deleteForIssue: ['DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}'],
		deleteForIssueComment: [
			'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}',
		],
		deleteForPullRequestComment: [
			'DELETE /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions/{reaction_id}',
		],
		deleteForRelease: ['DELETE /repos/{owner}/{repo}/releases/{release_id}/reactions/{reaction_id}'],
		deleteForTeamDiscussion: [
			'DELETE /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/reactions/{reaction_id}',
		],
		deleteForTeamDiscussionComment: [
			'DELETE /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments/{comment_number}/reactions/{reaction_id}',
		],
		listForCommitComment: ['GET /repos/{owner}/{repo}/comments/{comment_id}/reactions'],
		listForIssue: ['GET /repos/{owner}/{repo}/issues/{issue_number}/reactions'],
		listForIssueComment: ['GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'],
		listForPullRequestReviewComment: ['GET /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions'],
		listForRelease: ['GET /repos/{owner}/{repo}/releases/{release_id}/reactions'],
		listForTeamDiscussionCommentInOrg: [
			'GET /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments/{comment_number}/reactions',
		],
		listForTeamDiscussionInOrg: [
			'GET /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/reactions',
		],
	},
	repos: {
		acceptInvitation: [
			'PATCH /user/repository_invitations/{invitation_id}',
			{},
			{ renamed: ['repos', 'acceptInvitationForAuthenticatedUser'] },
		],
		acceptInvitationForAuthenticatedUser: ['PATCH /user/repository_invitations/{invitation_id}'],
		addAppAccessRestrictions: [
			'POST /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/apps',
			{},
			{ mapToData: 'apps' },
		],
		addCollaborator: ['PUT /repos/{owner}/{repo}/collaborators/{username}'],
		addStatusCheckContexts: [
			'POST /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks/contexts',
			{},
			{ mapToData: 'contexts' },
		],
		addTeamAccessRestrictions: [
			'POST /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/teams',
			{},
			{ mapToData: 'teams' },
		],
		addUserAccessRestrictions: [
			'POST /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/users',
			{},
			{ mapToData: 'users' },
		],
		cancelPagesDeployment: ['POST /repos/{owner}/{repo}/pages/deployments/{pages_deployment_id}/cancel'],
		checkAutomatedSecurityFixes: ['GET /repos/{owner}/{repo}/automated-security-fixes'],
		checkCollaborator: ['GET /repos/{owner}/{repo}/collaborators/{username}'],
		checkImmutableReleases: ['GET /repos/{owner}/{repo}/immutable-releases'],
		checkPrivateVulnerabilityReporting: ['GET /repos/{owner}/{repo}/private-vulnerability-reporting'],
		checkVulnerabilityAlerts: ['GET /repos/{owner}/{repo}/vulnerability-alerts'],
		codeownersErrors: ['GET /repos/{owner}/{repo}/codeowners/errors'],
		compareCommits: ['GET /repos/{owner}/{repo}/compare/{base}...{head}'],
		compareCommitsWithBasehead: ['GET /repos/{owner}/{repo}/compare/{basehead}'],
		createAttestation: ['POST /repos/{owner}/{repo}/attestations'],
		createAutolink: ['POST /repos/{owner}/{repo}/autolinks'],
		createCommitComment: ['POST /repos/{owner}/{repo}/commits/{commit_sha}/comments'],
		createCommitSignatureProtection: [
			'POST /repos/{owner}/{repo}/branches/{branch}/protection/required_signatures',
		],
		createCommitStatus: ['POST /repos/{owner}/{repo}/statuses/{sha}'],
		createDeployKey: ['POST /repos/{owner}/{repo}/keys'],
		createDeployment: ['POST /repos/{owner}/{repo}/deployments'],
		createDeploymentBranchPolicy: [
			'POST /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies',
		],
		createDeploymentProtectionRule: [
			'POST /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules',
		],
		createDeploymentStatus: ['POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'],
		createDispatchEvent: ['POST /repos/{owner}/{repo}/dispatches'],
		createForAuthenticatedUser: ['POST /user/repos'],
		createFork: ['POST /repos/{owner}/{repo}/forks'],
		createInOrg: ['POST /orgs/{org}/repos'],
		createOrUpdateEnvironment: ['PUT /repos/{owner}/{repo}/environments/{environment_name}'],
		createOrUpdateFileContents: ['PUT /repos/{owner}/{repo}/contents/{path}'],
		createOrgRuleset: ['POST /orgs/{org}/rulesets'],
		createPagesDeployment: ['POST /repos/{owner}/{repo}/pages/deployments'],
		createPagesSite: ['POST /repos/{owner}/{repo}/pages'],
		createRelease: ['POST /repos/{owner}/{repo}/releases'],
		createRepoRuleset: ['POST /repos/{owner}/{repo}/rulesets'],
		createUsingTemplate: ['POST /repos/{template_owner}/{template_repo}/generate'],
		createWebhook: ['POST /repos/{owner}/{repo}/hooks'],
		customPropertiesForReposCreateOrUpdateRepositoryValues: ['PATCH /repos/{owner}/{repo}/properties/values'],
		customPropertiesForReposGetRepositoryValues: ['GET /repos/{owner}/{repo}/properties/values'],
		declineInvitation: [
			'DELETE /user/repository_invitations/{invitation_id}',
			{},
			{ renamed: ['repos', 'declineInvitationForAuthenticatedUser'] },
		],
		declineInvitationForAuthenticatedUser: ['DELETE /user/repository_invitations/{invitation_id}'],
		delete: ['DELETE /repos/{owner}/{repo}'],
		deleteAccessRestrictions: ['DELETE /repos/{owner}/{repo}/branches/{branch}/protection/restrictions'],
		deleteAdminBranchProtection: ['DELETE /repos/{owner}/{repo}/branches/{branch}/protection/enforce_admins'],
		deleteAnEnvironment: ['DELETE /repos/{owner}/{repo}/environments/{environment_name}'],
		deleteAutolink: ['DELETE /repos/{owner}/{repo}/autolinks/{autolink_id}'],
		deleteBranchProtection: ['DELETE /repos/{owner}/{repo}/branches/{branch}/protection'],
		deleteCommitComment: ['DELETE /repos/{owner}/{repo}/comments/{comment_id}'],
		deleteCommitSignatureProtection: [
			'DELETE /repos/{owner}/{repo}/branches/{branch}/protection/required_signatures',
		],
		deleteDeployKey: ['DELETE /repos/{owner}/{repo}/keys/{key_id}'],
		deleteDeployment: ['DELETE /repos/{owner}/{repo}/deployments/{deployment_id}'],
		deleteDeploymentBranchPolicy: [
			'DELETE /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}',
		],
		deleteFile: ['DELETE /repos/{owner}/{repo}/contents/{path}'],
		deleteInvitation: ['DELETE /repos/{owner}/{repo}/invitations/{invitation_id}'],
		deleteOrgRuleset: ['DELETE /orgs/{org}/rulesets/{ruleset_id}'],
		deletePagesSite: ['DELETE /repos/{owner}/{repo}/pages'],
		deletePullRequestReviewProtection: [
			'DELETE /repos/{owner}/{repo}/branches/{branch}/protection/required_pull_request_reviews',
		],
		deleteRelease: ['DELETE /repos/{owner}/{repo}/releases/{release_id}'],
		deleteReleaseAsset: ['DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}'],
		deleteRepoRuleset: ['DELETE /repos/{owner}/{repo}/rulesets/{ruleset_id}'],
		deleteWebhook: ['DELETE /repos/{owner}/{repo}/hooks/{hook_id}'],
		disableAutomatedSecurityFixes: ['DELETE /repos/{owner}/{repo}/automated-security-fixes'],
		disableDeploymentProtectionRule: [
			'DELETE /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules/{protection_rule_id}',
		],
		disableImmutableReleases: ['DELETE /repos/{owner}/{repo}/immutable-releases'],
		disablePrivateVulnerabilityReporting: ['DELETE /repos/{owner}/{repo}/private-vulnerability-reporting'],
		disableVulnerabilityAlerts: ['DELETE /repos/{owner}/{repo}/vulnerability-alerts'],
		downloadArchive: [
			'GET /repos/{owner}/{repo}/zipball/{ref}',
			{},
			{ renamed: ['repos', 'downloadZipballArchive'] },
		],
		downloadTarballArchive: ['GET /repos/{owner}/{repo}/tarball/{ref}'],
		downloadZipballArchive: ['GET /repos/{owner}/{repo}/zipball/{ref}'],
		enableAutomatedSecurityFixes: ['PUT /repos/{owner}/{repo}/automated-security-fixes'],
		enableImmutableReleases: ['PUT /repos/{owner}/{repo}/immutable-releases'],
		enablePrivateVulnerabilityReporting: ['PUT /repos/{owner}/{repo}/private-vulnerability-reporting'],
		enableVulnerabilityAlerts: ['PUT /repos/{owner}/{repo}/vulnerability-alerts'],
		generateReleaseNotes: ['POST /repos/{owner}/{repo}/releases/generate-notes'],
		get: ['GET /repos/{owner}/{repo}'],
		getAccessRestrictions: ['GET /repos/{owner}/{repo}/branches/{branch}/protection/restrictions'],
		getAdminBranchProtection: ['GET /repos/{owner}/{repo}/branches/{branch}/protection/enforce_admins'],
		getAllDeploymentProtectionRules: [
			'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules',
		],
		getAllEnvironments: ['GET /repos/{owner}/{repo}/environments'],
		getAllStatusCheckContexts: [
			'GET /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks/contexts',
		],
		getAllTopics: ['GET /repos/{owner}/{repo}/topics'],
		getAppsWithAccessToProtectedBranch: [
			'GET /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/apps',
		],
		getAutolink: ['GET /repos/{owner}/{repo}/autolinks/{autolink_id}'],
		getBranch: ['GET /repos/{owner}/{repo}/branches/{branch}'],
		getBranchProtection: ['GET /repos/{owner}/{repo}/branches/{branch}/protection'],
		getBranchRules: ['GET /repos/{owner}/{repo}/rules/branches/{branch}'],
		getClones: ['GET /repos/{owner}/{repo}/traffic/clones'],
		getCodeFrequencyStats: ['GET /repos/{owner}/{repo}/stats/code_frequency'],
		getCollaboratorPermissionLevel: ['GET /repos/{owner}/{repo}/collaborators/{username}/permission'],
		getCombinedStatusForRef: ['GET /repos/{owner}/{repo}/commits/{ref}/status'],
		getCommit: ['GET /repos/{owner}/{repo}/commits/{ref}'],
		getCommitActivityStats: ['GET /repos/{owner}/{repo}/stats/commit_activity'],
		getCommitComment: ['GET /repos/{owner}/{repo}/comments/{comment_id}'],
		getCommitSignatureProtection: [
			'GET /repos/{owner}/{repo}/branches/{branch}/protection/required_signatures',
		],
		getCommunityProfileMetrics: ['GET /repos/{owner}/{repo}/community/profile'],
		getContent: ['GET /repos/{owner}/{repo}/contents/{path}'],
		getContributorsStats: ['GET /repos/{owner}/{repo}/stats/contributors'],
		getCustomDeploymentProtectionRule: [
			'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules/{protection_rule_id}',
		],
		getDeployKey: ['GET /repos/{owner}/{repo}/keys/{key_id}'],
		getDeployment: ['GET /repos/{owner}/{repo}/deployments/{deployment_id}'],
		getDeploymentBranchPolicy: [
			'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}',
		],
		getDeploymentStatus: ['GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}'],
		getEnvironment: ['GET /repos/{owner}/{repo}/environments/{environment_name}'],
		getLatestPagesBuild: ['GET /repos/{owner}/{repo}/pages/builds/latest'],
		getLatestRelease: ['GET /repos/{owner}/{repo}/releases/latest'],
		getOrgRuleSuite: ['GET /orgs/{org}/rulesets/rule-suites/{rule_suite_id}'],
		getOrgRuleSuites: ['GET /orgs/{org}/rulesets/rule-suites'],
		getOrgRuleset: ['GET /orgs/{org}/rulesets/{ruleset_id}'],
		getOrgRulesets: ['GET /orgs/{org}/rulesets'],
		getPages: ['GET /repos/{owner}/{repo}/pages'],
		getPagesBuild: ['GET /repos/{owner}/{repo}/pages/builds/{build_id}'],
		getPagesDeployment: ['GET /repos/{owner}/{repo}/pages/deployments/{pages_deployment_id}'],
		getPagesHealthCheck: ['GET /repos/{owner}/{repo}/pages/health'],
		getParticipationStats: ['GET /repos/{owner}/{repo}/stats/participation'],
		getPullRequestReviewProtection: [
			'GET /repos/{owner}/{repo}/branches/{branch}/protection/required_pull_request_reviews',
		],
		getPunchCardStats: ['GET /repos/{owner}/{repo}/stats/punch_card'],
		getReadme: ['GET /repos/{owner}/{repo}/readme'],
		getReadmeInDirectory: ['GET /repos/{owner}/{repo}/readme/{dir}'],
		getRelease: ['GET /repos/{owner}/{repo}/releases/{release_id}'],
		getReleaseAsset: ['GET /repos/{owner}/{repo}/releases/assets/{asset_id}'],
		getReleaseByTag: ['GET /repos/{owner}/{repo}/releases/tags/{tag}'],
		getRepoRuleSuite: ['GET /repos/{owner}/{repo}/rulesets/rule-suites/{rule_suite_id}'],
		getRepoRuleSuites: ['GET /repos/{owner}/{repo}/rulesets/rule-suites'],
		getRepoRuleset: ['GET /repos/{owner}/{repo}/rulesets/{ruleset_id}'],
		getRepoRulesetHistory: ['GET /repos/{owner}/{repo}/rulesets/{ruleset_id}/history'],
		getRepoRulesetVersion: ['GET /repos/{owner}/{repo}/rulesets/{ruleset_id}/history/{version_id}'],
		getRepoRulesets: ['GET /repos/{owner}/{repo}/rulesets'],
		getStatusChecksProtection: [
			'GET /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks',
		],
		getTeamsWithAccessToProtectedBranch: [
			'GET /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/teams',
		],
		getTopPaths: ['GET /repos/{owner}/{repo}/traffic/popular/paths'],
		getTopReferrers: ['GET /repos/{owner}/{repo}/traffic/popular/referrers'],
		getUsersWithAccessToProtectedBranch: [
			'GET /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/users',
		],
		getViews: ['GET /repos/{owner}/{repo}/traffic/views'],
		getWebhook: ['GET /repos/{owner}/{repo}/hooks/{hook_id}'],
		getWebhookConfigForRepo: ['GET /repos/{owner}/{repo}/hooks/{hook_id}/config'],
		getWebhookDelivery: ['GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}'],
		listActivities: ['GET /repos/{owner}/{repo}/activity'],
		listAttestations: ['GET /repos/{owner}/{repo}/attestations/{subject_digest}'],
		listAutolinks: ['GET /repos/{owner}/{repo}/autolinks'],
		listBranches: ['GET /repos/{owner}/{repo}/branches'],
		listBranchesForHeadCommit: ['GET /repos/{owner}/{repo}/commits/{commit_sha}/branches-where-head'],
		listCollaborators: ['GET /repos/{owner}/{repo}/collaborators'],
		listCommentsForCommit: ['GET /repos/{owner}/{repo}/commits/{commit_sha}/comments'],
		listCommitCommentsForRepo: ['GET /repos/{owner}/{repo}/comments'],
		listCommitStatusesForRef: ['GET /repos/{owner}/{repo}/commits/{ref}/statuses'],
		listCommits: ['GET /repos/{owner}/{repo}/commits'],
		listContributors: ['GET /repos/{owner}/{repo}/contributors'],
		listCustomDeploymentRuleIntegrations: [
			'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules/apps',
		],
		listDeployKeys: ['GET /repos/{owner}/{repo}/keys'],
		listDeploymentBranchPolicies: [
			'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies',
		],
		listDeploymentStatuses: ['GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'],
		listDeployments: ['GET /repos/{owner}/{repo}/deployments'],
		listForAuthenticatedUser: ['GET /user/repos'],
		listForOrg: ['GET /orgs/{org}/repos'],
		listForUser: ['GET /users/{username}/repos'],
		listForks: ['GET /repos/{owner}/{repo}/forks'],
		listInvitations: ['GET /repos/{owner}/{repo}/invitations'],
		listInvitationsForAuthenticatedUser: ['GET /user/repository_invitations'],
		listLanguages: ['GET /repos/{owner}/{repo}/languages'],
		listPagesBuilds: ['GET /repos/{owner}/{repo}/pages/builds'],
		listPublic: ['GET /repositories'],
		listPullRequestsAssociatedWithCommit: ['GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls'],
		listReleaseAssets: ['GET /repos/{owner}/{repo}/releases/{release_id}/assets'],
		listReleases: ['GET /repos/{owner}/{repo}/releases'],
		listTags: ['GET /repos/{owner}/{repo}/tags'],
		listTeams: ['GET /repos/{owner}/{repo}/teams'],
		listWebhookDeliveries: ['GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries'],
		listWebhooks: ['GET /repos/{owner}/{repo}/hooks'],
		merge: ['POST /repos/{owner}/{repo}/merges'],
		mergeUpstream: ['POST /repos/{owner}/{repo}/merge-upstream'],
		pingWebhook: ['POST /repos/{owner}/{repo}/hooks/{hook_id}/pings'],
		redeliverWebhookDelivery: [
			'POST /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts',
		],
		removeAppAccessRestrictions: [
			'DELETE /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/apps',
			{},
			{ mapToData: 'apps' },
		],
		removeCollaborator: ['DELETE /repos/{owner}/{repo}/collaborators/{username}'],
		removeStatusCheckContexts: [
			'DELETE /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks/contexts',
			{},
			{ mapToData: 'contexts' },
		],
		removeStatusCheckProtection: [
			'DELETE /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks',
		],
		removeTeamAccessRestrictions: [
			'DELETE /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/teams',
			{},
			{ mapToData: 'teams' },
		],
		removeUserAccessRestrictions: [
			'DELETE /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/users',
			{},
			{ mapToData: 'users' },
		],
		renameBranch: ['POST /repos/{owner}/{repo}/branches/{branch}/rename'],
		replaceAllTopics: ['PUT /repos/{owner}/{repo}/topics'],
		requestPagesBuild: ['POST /repos/{owner}/{repo}/pages/builds'],
		setAdminBranchProtection: ['POST /repos/{owner}/{repo}/branches/{branch}/protection/enforce_admins'],
		setAppAccessRestrictions: [
			'PUT /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/apps',
			{},
			{ mapToData: 'apps' },
		],
		setStatusCheckContexts: [
			'PUT /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks/contexts',
			{},
			{ mapToData: 'contexts' },
		],
		setTeamAccessRestrictions: [
			'PUT /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/teams',
			{},
			{ mapToData: 'teams' },
		],
		setUserAccessRestrictions: [
			'PUT /repos/{owner}/{repo}/branches/{branch}/protection/restrictions/users',
			{},
			{ mapToData: 'users' },
		],
		testPushWebhook: ['POST /repos/{owner}/{repo}/hooks/{hook_id}/tests'],
		transfer: ['POST /repos/{owner}/{repo}/transfer'],
		update: ['PATCH /repos/{owner}/{repo}'],
		updateBranchProtection: ['PUT /repos/{owner}/{repo}/branches/{branch}/protection'],
		updateCommitComment: ['PATCH /repos/{owner}/{repo}/comments/{comment_id}'],
		updateDeploymentBranchPolicy: [
			'PUT /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}',
		],
		updateInformationAboutPagesSite: ['PUT /repos/{owner}/{repo}/pages'],
		updateInvitation: ['PATCH /repos/{owner}/{repo}/invitations/{invitation_id}'],
		updateOrgRuleset: ['PUT /orgs/{org}/rulesets/{ruleset_id}'],
		updatePullRequestReviewProtection: [
			'PATCH /repos/{owner}/{repo}/branches/{branch}/protection/required_pull_request_reviews',
		],
		updateRelease: ['PATCH /repos/{owner}/{repo}/releases/{release_id}'],
		updateReleaseAsset: ['PATCH /repos/{owner}/{repo}/releases/assets/{asset_id}'],
		updateRepoRuleset: ['PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}'],
		updateStatusCheckPotection: [
			'PATCH /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks',
			{},
			{ renamed: ['repos', 'updateStatusCheckProtection'] },
		],
		updateStatusCheckProtection: [
			'PATCH /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks',
		],
		updateWebhook: ['PATCH /repos/{owner}/{repo}/hooks/{hook_id}'],
		updateWebhookConfigForRepo: ['PATCH /repos/{owner}/{repo}/hooks/{hook_id}/config'],
		uploadReleaseAsset: [
			'POST /repos/{owner}/{repo}/releases/{release_id}/assets{?name,label}',
			{ baseUrl: 'https://uploads.github.com' },
		],
	},
	search: {
		code: ['GET /search/code'],
		commits: ['GET /search/commits'],
		issuesAndPullRequests: ['GET /search/issues'],
		labels: ['GET /search/labels'],
		repos: ['GET /search/repositories'],
		topics: ['GET /search/topics'],
		users: ['GET /search/users'],
	},
	secretScanning: {
		createPushProtectionBypass: ['POST /repos/{owner}/{repo}/secret-scanning/push-protection-bypasses'],
		getAlert: ['GET /repos/{owner}/{repo}/secret-scanning/alerts/{alert_number}'],
		getScanHistory: ['GET /repos/{owner}/{repo}/secret-scanning/scan-history'],
		listAlertsForOrg: ['GET /orgs/{org}/secret-scanning/alerts'],
		listAlertsForRepo: ['GET /repos/{owner}/{repo}/secret-scanning/alerts'],
		listLocationsForAlert: ['GET /repos/{owner}/{repo}/secret-scanning/alerts/{alert_number}/locations'],
		listOrgPatternConfigs: ['GET /orgs/{org}/secret-scanning/pattern-configurations'],
		updateAlert: ['PATCH /repos/{owner}/{repo}/secret-scanning/alerts/{alert_number}'],
		updateOrgPatternConfigs: ['PATCH /orgs/{org}/secret-scanning/pattern-configurations'],
	},
	securityAdvisories: {
		createFork: ['POST /repos/{owner}/{repo}/security-advisories/{ghsa_id}/forks'],
		createPrivateVulnerabilityReport: ['POST /repos/{owner}/{repo}/security-advisories/reports'],
		createRepositoryAdvisory: ['POST /repos/{owner}/{repo}/security-advisories'],
		createRepositoryAdvisoryCveRequest: ['POST /repos/{owner}/{repo}/security-advisories/{ghsa_id}/cve'],
		getGlobalAdvisory: ['GET /advisories/{ghsa_id}'],
		getRepositoryAdvisory: ['GET /repos/{owner}/{repo}/security-advisories/{ghsa_id}'],
		listGlobalAdvisories: ['GET /advisories'],
		listOrgRepositoryAdvisories: ['GET /orgs/{org}/security-advisories'],
		listRepositoryAdvisories: ['GET /repos/{owner}/{repo}/security-advisories'],
		updateRepositoryAdvisory: ['PATCH /repos/{owner}/{repo}/security-advisories/{ghsa_id}'],
	},
	teams: {
		addOrUpdateMembershipForUserInOrg: ['PUT /orgs/{org}/teams/{team_slug}/memberships/{username}'],
		addOrUpdateRepoPermissionsInOrg: ['PUT /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}'],
		checkPermissionsForRepoInOrg: ['GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}'],
		create: ['POST /orgs/{org}/teams'],
		createDiscussionCommentInOrg: [
			'POST /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments',
		],
		createDiscussionInOrg: ['POST /orgs/{org}/teams/{team_slug}/discussions'],
		deleteDiscussionCommentInOrg: [
			'DELETE /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments/{comment_number}',
		],
		deleteDiscussionInOrg: ['DELETE /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}'],
		deleteInOrg: ['DELETE /orgs/{org}/teams/{team_slug}'],
		getByName: ['GET /orgs/{org}/teams/{team_slug}'],
		getDiscussionCommentInOrg: [
			'GET /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments/{comment_number}',
		],
		getDiscussionInOrg: ['GET /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}'],
		getMembershipForUserInOrg: ['GET /orgs/{org}/teams/{team_slug}/memberships/{username}'],
		list: ['GET /orgs/{org}/teams'],
		listChildInOrg: ['GET /orgs/{org}/teams/{team_slug}/teams'],
		listDiscussionCommentsInOrg: [
			'GET /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments',
		],
		listDiscussionsInOrg: ['GET /orgs/{org}/teams/{team_slug}/discussions'],
		listForAuthenticatedUser: ['GET /user/teams'],
		listMembersInOrg: ['GET /orgs/{org}/teams/{team_slug}/members'],
		listPendingInvitationsInOrg: ['GET /orgs/{org}/teams/{team_slug}/invitations'],
		listReposInOrg: ['GET /orgs/{org}/teams/{team_slug}/repos'],
		removeMembershipForUserInOrg: ['DELETE /orgs/{org}/teams/{team_slug}/memberships/{username}'],
		removeRepoInOrg: ['DELETE /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}'],
		updateDiscussionCommentInOrg: [
			'PATCH /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments/{comment_number}',
		],
		updateDiscussionInOrg: ['PATCH /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}'],
		updateInOrg: ['PATCH /orgs/{org}/teams/{team_slug}'],
	},
	users: {
		addEmailForAuthenticated: [
			'POST /user/emails',
			{},
			{ renamed: ['users', 'addEmailForAuthenticatedUser'] },
		],
		addEmailForAuthenticatedUser: ['POST /user/emails'],
		addSocialAccountForAuthenticatedUser: ['POST /user/social_accounts'],
		block: ['PUT /user/blocks/{username}'],
		checkBlocked: ['GET /user/blocks/{username}'],
		checkFollowingForUser: ['GET /users/{username}/following/{target_user}'],
		checkPersonIsFollowedByAuthenticated: ['GET /user/following/{username}'],
		createGpgKeyForAuthenticated: [
			'POST /user/gpg_keys',
			{},
			{ renamed: ['users', 'createGpgKeyForAuthenticatedUser'] },
		],
		createGpgKeyForAuthenticatedUser: ['POST /user/gpg_keys'],
		createPublicSshKeyForAuthenticated: [
			'POST /user/keys',
			{},
			{ renamed: ['users', 'createPublicSshKeyForAuthenticatedUser'] },
		],
		createPublicSshKeyForAuthenticatedUser: ['POST /user/keys'],
		createSshSigningKeyForAuthenticatedUser: ['POST /user/ssh_signing_keys'],
		deleteAttestationsBulk: ['POST /users/{username}/attestations/delete-request'],
		deleteAttestationsById: ['DELETE /users/{username}/attestations/{attestation_id}'],
		deleteAttestationsBySubjectDigest: ['DELETE /users/{username}/attestations/digest/{subject_digest}'],
		deleteEmailForAuthenticated: [
			'DELETE /user/emails',
			{},
			{ renamed: ['users', 'deleteEmailForAuthenticatedUser'] },
		],
		deleteEmailForAuthenticatedUser: ['DELETE /user/emails'],
		deleteGpgKeyForAuthenticated: [
			'DELETE /user/gpg_keys/{gpg_key_id}',
			{},
			{ renamed: ['users', 'deleteGpgKeyForAuthenticatedUser'] },
		],
		deleteGpgKeyForAuthenticatedUser: ['DELETE /user/gpg_keys/{gpg_key_id}'],
		deletePublicSshKeyForAuthenticated: [
			'DELETE /user/keys/{key_id}',
			{},
			{ renamed: ['users', 'deletePublicSshKeyForAuthenticatedUser'] },
		],
		deletePublicSshKeyForAuthenticatedUser: ['DELETE /user/keys/{key_id}'],
		deleteSocialAccountForAuthenticatedUser: ['DELETE /user/social_accounts'],
		deleteSshSigningKeyForAuthenticatedUser: ['DELETE /user/ssh_signing_keys/{ssh_signing_key_id}'],
		follow: ['PUT /user/following/{username}'],
		getAuthenticated: ['GET /user'],
		getById: ['GET /user/{account_id}'],
		getByUsername: ['GET /users/{username}'],
		getContextForUser: ['GET /users/{username}/hovercard'],
		getGpgKeyForAuthenticated: [
			'GET /user/gpg_keys/{gpg_key_id}',
			{},
			{ renamed: ['users', 'getGpgKeyForAuthenticatedUser'] },
		],
		getGpgKeyForAuthenticatedUser: ['GET /user/gpg_keys/{gpg_key_id}'],
		getPublicSshKeyForAuthenticated: [
			'GET /user/keys/{key_id}',
			{},
			{ renamed: ['users', 'getPublicSshKeyForAuthenticatedUser'] },
		],
		getPublicSshKeyForAuthenticatedUser: ['GET /user/keys/{key_id}'],
		getSshSigningKeyForAuthenticatedUser: ['GET /user/ssh_signing_keys/{ssh_signing_key_id}'],
		list: ['GET /users'],
		listAttestations: ['GET /users/{username}/attestations/{subject_digest}'],
		listAttestationsBulk: ['POST /users/{username}/attestations/bulk-list{?per_page,before,after}'],
		listBlockedByAuthenticated: [
			'GET /user/blocks',
			{},
			{ renamed: ['users', 'listBlockedByAuthenticatedUser'] },
		],
		listBlockedByAuthenticatedUser: ['GET /user/blocks'],
		listEmailsForAuthenticated: [
			'GET /user/emails',
			{},
			{ renamed: ['users', 'listEmailsForAuthenticatedUser'] },
		],
		listEmailsForAuthenticatedUser: ['GET /user/emails'],
		listFollowedByAuthenticated: [
			'GET /user/following',
			{},
			{ renamed: ['users', 'listFollowedByAuthenticatedUser'] },
		],
		listFollowedByAuthenticatedUser: ['GET /user/following'],
		listFollowersForAuthenticatedUser: ['GET /user/followers'],
		listFollowersForUser: ['GET /users/{username}/followers'],
		listFollowingForUser: ['GET /users/{username}/following'],
		listGpgKeysForAuthenticated: [
			'GET /user/gpg_keys',
			{},
			{ renamed: ['users', 'listGpgKeysForAuthenticatedUser'] },
		],
		listGpgKeysForAuthenticatedUser: ['GET /user/gpg_keys'],
		listGpgKeysForUser: ['GET /users/{username}/gpg_keys'],
		listPublicEmailsForAuthenticated: [
			'GET /user/public_emails',
			{},
			{ renamed: ['users', 'listPublicEmailsForAuthenticatedUser'] },
		],
		listPublicEmailsForAuthenticatedUser: ['GET /user/public_emails'],
		listPublicKeysForUser: ['GET /users/{username}/keys'],
		listPublicSshKeysForAuthenticated: [
			'GET /user/keys',
			{},
			{ renamed: ['users', 'listPublicSshKeysForAuthenticatedUser'] },
		],
		listPublicSshKeysForAuthenticatedUser: ['GET /user/keys'],
		listSocialAccountsForAuthenticatedUser: ['GET /user/social_accounts'],
		listSocialAccountsForUser: ['GET /users/{username}/social_accounts'],
		listSshSigningKeysForAuthenticatedUser: ['GET /user/ssh_signing_keys'],
		listSshSigningKeysForUser: ['GET /users/{username}/ssh_signing_keys'],
		setPrimaryEmailVisibilityForAuthenticated: [
			'PATCH /user/email/visibility',
			{},
			{ renamed: ['users', 'setPrimaryEmailVisibilityForAuthenticatedUser'] },
		],
		setPrimaryEmailVisibilityForAuthenticatedUser: ['PATCH /user/email/visibility'],
		unblock: ['DELETE /user/blocks/{username}'],
		unfollow: ['DELETE /user/following/{username}'],
		updateAuthenticated: ['PATCH /user'],
	},
};
var endpoints_default = Endpoints;
//# sourceMappingURL=endpoints.js.map

// ./node_modules/@octokit/plugin-rest-endpoint-methods/dist-src/endpoints-to-methods.js

const endpointMethodsMap = /* @__PURE__ */ new Map();
for (const [scope, endpoints] of Object.entries(endpoints_default)) {
	for (const [methodName, endpoint] of Object.entries(endpoints)) {
		const [route, defaults, decorations] = endpoint;
		const [method, url] = route.split(/ /);
		const endpointDefaults = Object.assign(
			{
				method,
				url,
			},
			defaults,
		);
		if (!endpointMethodsMap.has(scope)) {
			endpointMethodsMap.set(scope, /* @__PURE__ */ new Map());
		}
		endpointMethodsMap.get(scope).set(methodName, {
			scope,
			methodName,
			endpointDefaults,
			decorations,
		});
	}
}
const handler = {
	has({ scope }, methodName) {
		return endpointMethodsMap.get(scope).has(methodName);
	},
	getOwnPropertyDescriptor(target, methodName) {
		return {
			value: this.get(target, methodName),
			// ensures method is in the cache
			configurable: true,
			writable: true,
			enumerable: true,
		};
	},
	defineProperty(target, methodName, descriptor) {
		Object.defineProperty(target.cache, methodName, descriptor);
		return true;
	},
	deleteProperty(target, methodName) {
		delete target.cache[methodName];
		return true;
	},
	ownKeys({ scope }) {
		return [...endpointMethodsMap.get(scope).keys()];
	},
	set(target, methodName, value) {
		return (target.cache[methodName] = value);
	},
	get({ octokit, scope, cache }, methodName) {
		if (cache[methodName]) {
			return cache[methodName];
		}
		const method = endpointMethodsMap.get(scope).get(methodName);
		if (!method) {
			return void 0;
		}
		const { endpointDefaults, decorations } = method;
		if (decorations) {
			cache[methodName] = decorate(octokit, scope, methodName, endpointDefaults, decorations);
		} else {
			cache[methodName] = octokit.request.defaults(endpointDefaults);
		}
		return cache[methodName];
	},
};
function endpointsToMethods(octokit) {
	const newMethods = {};
	for (const scope of endpointMethodsMap.keys()) {
		newMethods[scope] = new Proxy({ octokit, scope, cache: {} }, handler);
	}
	return newMethods;
}
function decorate(octokit, scope, methodName, defaults, decorations) {
	const requestWithDefaults = octokit.request.defaults(defaults);
	function withDecorations(...args) {
		let options = requestWithDefaults.endpoint.merge(...args);
		if (decorations.mapToData) {
			options = Object.assign({}, options, {
				data: options[decorations.mapToData],
				[decorations.mapToData]: void 0,
			});
			return requestWithDefaults(options);
		}
		if (decorations.renamed) {
			const [newScope, newMethodName] = decorations.renamed;
			octokit.log.warn(
				`octokit.${scope}.${methodName}() has been renamed to octokit.${newScope}.${newMethodName}()`,
			);
		}
		if (decorations.deprecated) {
			octokit.log.warn(decorations.deprecated);
		}
		if (decorations.renamedParameters) {
			const options2 = requestWithDefaults.endpoint.merge(...args);
			for (const [name, alias] of Object.entries(decorations.renamedParameters)) {
				if (name in options2) {
					octokit.log.warn(
						`"${name}" parameter is deprecated for "octokit.${scope}.${methodName}()". Use "${alias}" instead`,
					);
					if (!(alias in options2)) {
						options2[alias] = options2[name];
					}
					delete options2[name];
				}
			}
			return requestWithDefaults(options2);
		}
		return requestWithDefaults(...args);
	}
	return Object.assign(withDecorations, requestWithDefaults);
}
//# sourceMappingURL=endpoints-to-methods.js.map

// ./node_modules/@octokit/plugin-rest-endpoint-methods/dist-src/index.js

function restEndpointMethods(octokit) {
	const api = endpointsToMethods(octokit);
	return {
		rest: api,
	};
}
restEndpointMethods.VERSION = dist_src_version_VERSION;
function legacyRestEndpointMethods(octokit) {
	const api = endpointsToMethods(octokit);
	return {
		...api,
		rest: api,
	};
}
legacyRestEndpointMethods.VERSION = dist_src_version_VERSION;
//# sourceMappingURL=index.js.map

// ./node_modules/@octokit/plugin-paginate-rest/dist-bundle/index.js
// pkg/dist-src/version.js
var plugin_paginate_rest_dist_bundle_VERSION = '0.0.0-development';

// pkg/dist-src/normalize-paginated-list-response.js
function normalizePaginatedListResponse(response) {
	if (!response.data) {
		return {
			...response,
			data: [],
		};
	}
	const responseNeedsNormalization =
		('total_count' in response.data || 'total_commits' in response.data) && !('url' in response.data);
	if (!responseNeedsNormalization) return response;
	const incompleteResults = response.data.incomplete_results;
	const repositorySelection = response.data.repository_selection;
	const totalCount = response.data.total_count;
	const totalCommits = response.data.total_commits;
	delete response.data.incomplete_results;
	delete response.data.repository_selection;
	delete response.data.total_count;
	delete response.data.total_commits;
	const namespaceKey = Object.keys(response.data)[0];
	const data = response.data[namespaceKey];
	response.data = data;
	if (typeof incompleteResults !== 'undefined') {
		response.data.incomplete_results = incompleteResults;
	}
	if (typeof repositorySelection !== 'undefined') {
		response.data.repository_selection = repositorySelection;
	}
	response.data.total_count = totalCount;
	response.data.total_commits = totalCommits;
	return response;
}

// pkg/dist-src/iterator.js
function iterator(octokit, route, parameters) {
	const options =
		typeof route === 'function' ? route.endpoint(parameters) : octokit.request.endpoint(route, parameters);
	const requestMethod = typeof route === 'function' ? route : octokit.request;
	const method = options.method;
	const headers = options.headers;
	let url = options.url;
	return {
		[Symbol.asyncIterator]: () => ({
			async next() {
				if (!url) return { done: true };
				try {
					const response = await requestMethod({ method, url, headers });
					const normalizedResponse = normalizePaginatedListResponse(response);
					url = ((normalizedResponse.headers.link || '').match(/<([^<>]+)>;\s*rel="next"/) || [])[1];
					if (!url && 'total_commits' in normalizedResponse.data) {
						const parsedUrl = new URL(normalizedResponse.url);
						const params = parsedUrl.searchParams;
						const page = parseInt(params.get('page') || '1', 10);
						const per_page = parseInt(params.get('per_page') || '250', 10);
						if (page * per_page < normalizedResponse.data.total_commits) {
							params.set('page', String(page + 1));
							url = parsedUrl.toString();
						}
					}
					return { value: normalizedResponse };
				} catch (error) {
					if (error.status !== 409) throw error;
					url = '';
					return {
						value: {
							status: 200,
							headers: {},
							data: [],
						},
					};
				}
			},
		}),
	};
}

// pkg/dist-src/paginate.js
function paginate(octokit, route, parameters, mapFn) {
	if (typeof parameters === 'function') {
		mapFn = parameters;
		parameters = void 0;
	}
	return gather(octokit, [], iterator(octokit, route, parameters)[Symbol.asyncIterator](), mapFn);
}
function gather(octokit, results, iterator2, mapFn) {
	return iterator2.next().then(result => {
		if (result.done) {
			return results;
		}
		let earlyExit = false;
		function done() {
			earlyExit = true;
		}
		results = results.concat(mapFn ? mapFn(result.value, done) : result.value.data);
		if (earlyExit) {
			return results;
		}
		return gather(octokit, results, iterator2, mapFn);
	});
}

// pkg/dist-src/compose-paginate.js
var composePaginateRest = Object.assign(paginate, {
	iterator,
});

// pkg/dist-src/generated/paginating-endpoints.js
var paginatingEndpoints = /* unused pure expression or super */ null && [
	'GET /advisories',
	'GET /app/hook/deliveries',
	'GET /app/installation-requests',
	'GET /app/installations',
	'GET /assignments/{assignment_id}/accepted_assignments',
	'GET /classrooms',
	'GET /classrooms/{classroom_id}/assignments',
	'GET /enterprises/{enterprise}/code-security/configurations',
	'GET /enterprises/{enterprise}/code-security/configurations/{configuration_id}/repositories',
	'GET /enterprises/{enterprise}/dependabot/alerts',
	'GET /enterprises/{enterprise}/teams',
	'GET /enterprises/{enterprise}/teams/{enterprise-team}/memberships',
	'GET /enterprises/{enterprise}/teams/{enterprise-team}/organizations',
	'GET /events',
	'GET /gists',
	'GET /gists/public',
	'GET /gists/starred',
	'GET /gists/{gist_id}/comments',
	'GET /gists/{gist_id}/commits',
	'GET /gists/{gist_id}/forks',
	'GET /installation/repositories',
	'GET /issues',
	'GET /licenses',
	'GET /marketplace_listing/plans',
	'GET /marketplace_listing/plans/{plan_id}/accounts',
	'GET /marketplace_listing/stubbed/plans',
	'GET /marketplace_listing/stubbed/plans/{plan_id}/accounts',
	'GET /networks/{owner}/{repo}/events',
	'GET /notifications',
	'GET /organizations',
	'GET /organizations/{org}/dependabot/repository-access',
	'GET /orgs/{org}/actions/cache/usage-by-repository',
	'GET /orgs/{org}/actions/hosted-runners',
	'GET /orgs/{org}/actions/permissions/repositories',
	'GET /orgs/{org}/actions/permissions/self-hosted-runners/repositories',
	'GET /orgs/{org}/actions/runner-groups',
	'GET /orgs/{org}/actions/runner-groups/{runner_group_id}/hosted-runners',
	'GET /orgs/{org}/actions/runner-groups/{runner_group_id}/repositories',
	'GET /orgs/{org}/actions/runner-groups/{runner_group_id}/runners',
	'GET /orgs/{org}/actions/runners',
	'GET /orgs/{org}/actions/secrets',
	'GET /orgs/{org}/actions/secrets/{secret_name}/repositories',
	'GET /orgs/{org}/actions/variables',
	'GET /orgs/{org}/actions/variables/{name}/repositories',
	'GET /orgs/{org}/attestations/repositories',
	'GET /orgs/{org}/attestations/{subject_digest}',
	'GET /orgs/{org}/blocks',
	'GET /orgs/{org}/campaigns',
	'GET /orgs/{org}/code-scanning/alerts',
	'GET /orgs/{org}/code-security/configurations',
	'GET /orgs/{org}/code-security/configurations/{configuration_id}/repositories',
	'GET /orgs/{org}/codespaces',
	'GET /orgs/{org}/codespaces/secrets',
	'GET /orgs/{org}/codespaces/secrets/{secret_name}/repositories',
	'GET /orgs/{org}/copilot/billing/seats',
	'GET /orgs/{org}/copilot/metrics',
	'GET /orgs/{org}/dependabot/alerts',
	'GET /orgs/{org}/dependabot/secrets',
	'GET /orgs/{org}/dependabot/secrets/{secret_name}/repositories',
	'GET /orgs/{org}/events',
	'GET /orgs/{org}/failed_invitations',
	'GET /orgs/{org}/hooks',
	'GET /orgs/{org}/hooks/{hook_id}/deliveries',
	'GET /orgs/{org}/insights/api/route-stats/{actor_type}/{actor_id}',
	'GET /orgs/{org}/insights/api/subject-stats',
	'GET /orgs/{org}/insights/api/user-stats/{user_id}',
	'GET /orgs/{org}/installations',
	'GET /orgs/{org}/invitations',
	'GET /orgs/{org}/invitations/{invitation_id}/teams',
	'GET /orgs/{org}/issues',
	'GET /orgs/{org}/members',
	'GET /orgs/{org}/members/{username}/codespaces',
	'GET /orgs/{org}/migrations',
	'GET /orgs/{org}/migrations/{migration_id}/repositories',
	'GET /orgs/{org}/organization-roles/{role_id}/teams',
	'GET /orgs/{org}/organization-roles/{role_id}/users',
	'GET /orgs/{org}/outside_collaborators',
	'GET /orgs/{org}/packages',
	'GET /orgs/{org}/packages/{package_type}/{package_name}/versions',
	'GET /orgs/{org}/personal-access-token-requests',
	'GET /orgs/{org}/personal-access-token-requests/{pat_request_id}/repositories',
	'GET /orgs/{org}/personal-access-tokens',
	'GET /orgs/{org}/personal-access-tokens/{pat_id}/repositories',
	'GET /orgs/{org}/private-registries',
	'GET /orgs/{org}/projects',
	'GET /orgs/{org}/projectsV2',
	'GET /orgs/{org}/projectsV2/{project_number}/fields',
	'GET /orgs/{org}/projectsV2/{project_number}/items',
	'GET /orgs/{org}/properties/values',
	'GET /orgs/{org}/public_members',
	'GET /orgs/{org}/repos',
	'GET /orgs/{org}/rulesets',
	'GET /orgs/{org}/rulesets/rule-suites',
	'GET /orgs/{org}/rulesets/{ruleset_id}/history',
	'GET /orgs/{org}/secret-scanning/alerts',
	'GET /orgs/{org}/security-advisories',
	'GET /orgs/{org}/settings/immutable-releases/repositories',
	'GET /orgs/{org}/settings/network-configurations',
	'GET /orgs/{org}/team/{team_slug}/copilot/metrics',
	'GET /orgs/{org}/teams',
	'GET /orgs/{org}/teams/{team_slug}/discussions',
	'GET /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments',
	'GET /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments/{comment_number}/reactions',
	'GET /orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/reactions',
	'GET /orgs/{org}/teams/{team_slug}/invitations',
	'GET /orgs/{org}/teams/{team_slug}/members',
	'GET /orgs/{org}/teams/{team_slug}/projects',
	'GET /orgs/{org}/teams/{team_slug}/repos',
	'GET /orgs/{org}/teams/{team_slug}/teams',
	'GET /projects/{project_id}/collaborators',
	'GET /repos/{owner}/{repo}/actions/artifacts',
	'GET /repos/{owner}/{repo}/actions/caches',
	'GET /repos/{owner}/{repo}/actions/organization-secrets',
	'GET /repos/{owner}/{repo}/actions/organization-variables',
	'GET /repos/{owner}/{repo}/actions/runners',
	'GET /repos/{owner}/{repo}/actions/runs',
	'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
	'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs',
	'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs',
	'GET /repos/{owner}/{repo}/actions/secrets',
	'GET /repos/{owner}/{repo}/actions/variables',
	'GET /repos/{owner}/{repo}/actions/workflows',
	'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
	'GET /repos/{owner}/{repo}/activity',
	'GET /repos/{owner}/{repo}/assignees',
	'GET /repos/{owner}/{repo}/attestations/{subject_digest}',
	'GET /repos/{owner}/{repo}/branches',
	'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations',
	'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs',
	'GET /repos/{owner}/{repo}/code-scanning/alerts',
	'GET /repos/{owner}/{repo}/code-scanning/alerts/{alert_number}/instances',
	'GET /repos/{owner}/{repo}/code-scanning/analyses',
	'GET /repos/{owner}/{repo}/codespaces',
	'GET /repos/{owner}/{repo}/codespaces/devcontainers',
	'GET /repos/{owner}/{repo}/codespaces/secrets',
	'GET /repos/{owner}/{repo}/collaborators',
	'GET /repos/{owner}/{repo}/comments',
	'GET /repos/{owner}/{repo}/comments/{comment_id}/reactions',
	'GET /repos/{owner}/{repo}/commits',
	'GET /repos/{owner}/{repo}/commits/{commit_sha}/comments',
	'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
	'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
	'GET /repos/{owner}/{repo}/commits/{ref}/check-suites',
	'GET /repos/{owner}/{repo}/commits/{ref}/status',
	'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
	'GET /repos/{owner}/{repo}/compare/{basehead}',
	'GET /repos/{owner}/{repo}/compare/{base}...{head}',
	'GET /repos/{owner}/{repo}/contributors',
	'GET /repos/{owner}/{repo}/dependabot/alerts',
	'GET /repos/{owner}/{repo}/dependabot/secrets',
	'GET /repos/{owner}/{repo}/deployments',
	'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
	'GET /repos/{owner}/{repo}/environments',
	'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies',
	'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules/apps',
	'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets',
	'GET /repos/{owner}/{repo}/environments/{environment_name}/variables',
	'GET /repos/{owner}/{repo}/events',
	'GET /repos/{owner}/{repo}/forks',
	'GET /repos/{owner}/{repo}/hooks',
	'GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries',
	'GET /repos/{owner}/{repo}/invitations',
	'GET /repos/{owner}/{repo}/issues',
	'GET /repos/{owner}/{repo}/issues/comments',
	'GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
	'GET /repos/{owner}/{repo}/issues/events',
	'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
	'GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by',
	'GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocking',
	'GET /repos/{owner}/{repo}/issues/{issue_number}/events',
	'GET /repos/{owner}/{repo}/issues/{issue_number}/labels',
	'GET /repos/{owner}/{repo}/issues/{issue_number}/reactions',
	'GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues',
	'GET /repos/{owner}/{repo}/issues/{issue_number}/timeline',
	'GET /repos/{owner}/{repo}/keys',
	'GET /repos/{owner}/{repo}/labels',
	'GET /repos/{owner}/{repo}/milestones',
	'GET /repos/{owner}/{repo}/milestones/{milestone_number}/labels',
	'GET /repos/{owner}/{repo}/notifications',
	'GET /repos/{owner}/{repo}/pages/builds',
	'GET /repos/{owner}/{repo}/projects',
	'GET /repos/{owner}/{repo}/pulls',
	'GET /repos/{owner}/{repo}/pulls/comments',
	'GET /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions',
	'GET /repos/{owner}/{repo}/pulls/{pull_number}/comments',
	'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits',
	'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
	'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
	'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments',
	'GET /repos/{owner}/{repo}/releases',
	'GET /repos/{owner}/{repo}/releases/{release_id}/assets',
	'GET /repos/{owner}/{repo}/releases/{release_id}/reactions',
	'GET /repos/{owner}/{repo}/rules/branches/{branch}',
	'GET /repos/{owner}/{repo}/rulesets',
	'GET /repos/{owner}/{repo}/rulesets/rule-suites',
	'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}/history',
	'GET /repos/{owner}/{repo}/secret-scanning/alerts',
	'GET /repos/{owner}/{repo}/secret-scanning/alerts/{alert_number}/locations',
	'GET /repos/{owner}/{repo}/security-advisories',
	'GET /repos/{owner}/{repo}/stargazers',
	'GET /repos/{owner}/{repo}/subscribers',
	'GET /repos/{owner}/{repo}/tags',
	'GET /repos/{owner}/{repo}/teams',
	'GET /repos/{owner}/{repo}/topics',
	'GET /repositories',
	'GET /search/code',
	'GET /search/commits',
	'GET /search/issues',
	'GET /search/labels',
	'GET /search/repositories',
	'GET /search/topics',
	'GET /search/users',
	'GET /teams/{team_id}/discussions',
	'GET /teams/{team_id}/discussions/{discussion_number}/comments',
	'GET /teams/{team_id}/discussions/{discussion_number}/comments/{comment_number}/reactions',
	'GET /teams/{team_id}/discussions/{discussion_number}/reactions',
	'GET /teams/{team_id}/invitations',
	'GET /teams/{team_id}/members',
	'GET /teams/{team_id}/projects',
	'GET /teams/{team_id}/repos',
	'GET /teams/{team_id}/teams',
	'GET /user/blocks',
	'GET /user/codespaces',
	'GET /user/codespaces/secrets',
	'GET /user/emails',
	'GET /user/followers',
	'GET /user/following',
	'GET /user/gpg_keys',
	'GET /user/installations',
	'GET /user/installations/{installation_id}/repositories',
	'GET /user/issues',
	'GET /user/keys',
	'GET /user/marketplace_purchases',
	'GET /user/marketplace_purchases/stubbed',
	'GET /user/memberships/orgs',
	'GET /user/migrations',
	'GET /user/migrations/{migration_id}/repositories',
	'GET /user/orgs',
	'GET /user/packages',
	'GET /user/packages/{package_type}/{package_name}/versions',
	'GET /user/public_emails',
	'GET /user/repos',
	'GET /user/repository_invitations',
	'GET /user/social_accounts',
	'GET /user/ssh_signing_keys',
	'GET /user/starred',
	'GET /user/subscriptions',
	'GET /user/teams',
	'GET /users',
	'GET /users/{username}/attestations/{subject_digest}',
	'GET /users/{username}/events',
	'GET /users/{username}/events/orgs/{org}',
	'GET /users/{username}/events/public',
	'GET /users/{username}/followers',
	'GET /users/{username}/following',
	'GET /users/{username}/gists',
	'GET /users/{username}/gpg_keys',
	'GET /users/{username}/keys',
	'GET /users/{username}/orgs',
	'GET /users/{username}/packages',
	'GET /users/{username}/projects',
	'GET /users/{username}/projectsV2',
	'GET /users/{username}/projectsV2/{project_number}/fields',
	'GET /users/{username}/projectsV2/{project_number}/items',
	'GET /users/{username}/received_events',
	'GET /users/{username}/received_events/public',
	'GET /users/{username}/repos',
	'GET /users/{username}/social_accounts',
	'GET /users/{username}/ssh_signing_keys',
	'GET /users/{username}/starred',
	'GET /users/{username}/subscriptions',
];

// pkg/dist-src/paginating-endpoints.js
function isPaginatingEndpoint(arg) {
	if (typeof arg === 'string') {
		return paginatingEndpoints.includes(arg);
	} else {
		return false;
	}
}

// pkg/dist-src/index.js
function paginateRest(octokit) {
	return {
		paginate: Object.assign(paginate.bind(null, octokit), {
			iterator: iterator.bind(null, octokit),
		}),
	};
}
paginateRest.VERSION = plugin_paginate_rest_dist_bundle_VERSION;

// node_modules/@actions/github/lib/utils.js

const context = new Context();
const baseUrl = getApiBaseUrl();
const defaults = {
	baseUrl,
	request: {
		agent: getProxyAgent(baseUrl),
		fetch: getProxyFetch(baseUrl),
	},
};
const GitHub = Octokit.plugin(restEndpointMethods, paginateRest).defaults(defaults);

function getOctokitOptions(token, options) {
	const opts = Object.assign({}, options || {});
	const auth = getAuthString(token, opts);
	if (auth) {
		opts.auth = auth;
	}
	const userAgent = getUserAgentWithOrchestrationId(opts.userAgent);
	if (userAgent) {
		opts.userAgent = userAgent;
	}
	return opts;
}

// node_modules/@actions/github/lib/github.js

const github_context = new Context();
function getOctokit(token, options, ...additionalPlugins) {
	const GitHubWithPlugins = GitHub.plugin(...additionalPlugins);
	return new GitHubWithPlugins(getOctokitOptions(token, options));
}

// actions/shared/documentation.js
function documentation(environment, page = 'troubleshooting.md') {
	const repository = environment.GITHUB_ACTION_REPOSITORY || environment.GITHUB_REPOSITORY;
	if (!repository) return `docs/${page}`;
	const server = environment.GITHUB_SERVER_URL || 'https://github.com';
	const version = environment.GITHUB_ACTION_REF || environment.GITHUB_SHA || 'HEAD';
	return `${server}/${repository}/blob/${version}/docs/${page}`;
}

// actions/report-status/github-errors.js

const DOCS = 'https://docs.github.com';
class IssueGone extends Error {
	constructor(number, status) {
		super(`Issue #${number} is no longer in this repository (${status}).`);
	}
}
function isGone(error) {
	if (error instanceof IssueGone) return true;
	const failure = githubErrorOf(error);
	return failure?.status === 404 || (failure?.status === 410 && /deleted/i.test(failure.message));
}
function isLocked(error) {
	const failure = githubErrorOf(error);
	return failure?.status === 403 && /locked/i.test(failure.message);
}
function githubErrorOf(error) {
	return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error : undefined;
}
function github_errors_transientReason(error) {
	const failure = githubErrorOf(error);
	if (!failure) return undefined;
	if (failure.status >= 500) return `GitHub had an internal error (${failure.status})`;
	return isRateLimit(failure) ? 'GitHub limits the rate of requests' : undefined;
}
function requestedWait(error, now = Date.now() / 1000) {
	const { headers = {} } = githubErrorOf(error)?.response ?? {};
	const seconds = Number(headers['retry-after']);
	if (seconds > 0) return seconds;
	const isExhausted = String(headers['x-ratelimit-remaining']) === '0';
	return isExhausted ? Math.max(0, Number(headers['x-ratelimit-reset']) - now) || 0 : 0;
}
function isRateLimit({ status, message }) {
	return status === 429 || (status === 403 && /rate limit|abuse/i.test(message));
}
function explainGithubError(error, { repository }) {
	const failure = githubErrorOf(error);
	if (!failure) return error;
	const name = `${repository.owner}/${repository.repo}`;
	const answer = `GitHub answered ${failure.status}: ${quote(harmless(failure.message))}`;
	if (github_errors_transientReason(error)) {
		return new ActionFailed(
			`The action could not write the issue.\n${answer}`,
			'Run this job again later.',
			'https://www.githubstatus.com',
		);
	}
	switch (failure.status) {
		case 401:
			return new ActionFailed(
				`GitHub does not accept the token.\n${answer}`,
				'Omit the input token, or pass a token that has not expired.',
				`${DOCS}/actions/concepts/security/github_token`,
			);
		case 403:
			return new ActionFailed(
				`The token is not allowed to write issues of ${quote(name)}.\n${answer}`,
				'Give the job this permission. GitHub does not grant it to runs for a fork or for Dependabot.\n\n    permissions:\n      issues: write\n',
				`${DOCS}/actions/reference/workflows-and-actions/workflow-syntax#permissions`,
			);
		case 404:
			return new ActionFailed(
				`The token cannot access the repository ${quote(name)}.\n${answer}`,
				'Pass a token for this repository, or give the job this permission:\n\n    permissions:\n      issues: write\n',
				`${DOCS}/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource`,
			);
		case 410:
			return new ActionFailed(
				`The repository ${quote(name)} has issues disabled.\n${answer}`,
				'Enable issues under Settings, General, Features. A fork has them disabled at first.',
				`${DOCS}/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/disabling-issues`,
			);
		case 422:
			return new ActionFailed(
				`GitHub does not accept the issue.\n${answer}`,
				'Check the inputs title and label, and the rules of the repository and the organization for new issues.',
				`${DOCS}/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed`,
			);
		default:
			return error;
	}
}

// actions/report-status/issue-text.js

const MAX_DIAGNOSIS_LENGTH = 50_000;
function marker(topic) {
	return `<!-- workload-identity-lab:report-status:${topic} -->`;
}
function issueBody(topic, run, diagnosis) {
	return issue_text_paragraphs(
		`${marker(topic)}\n**${topic}** has failed since ${issue_text_link(run)}.`,
		codeBlock(diagnosis),
		'Each further run that fails adds a comment here. The first run that succeeds closes this issue.',
	);
}
function failureComment(run, diagnosis) {
	return issue_text_paragraphs(`${issue_text_link(run)} also failed.`, codeBlock(diagnosis));
}
function successComment(run) {
	return `${issue_text_link(run)} succeeded.`;
}
function duplicateComment(older) {
	return `Duplicate of #${older}, which another run opened at the same time.`;
}
function issue_text_link({ id, url }) {
	return `[Run ${id}](${url})`;
}
function codeBlock(text) {
	if (text.trim() === '') return '';
	const shown = bothEnds(harmless(text).trimEnd(), MAX_DIAGNOSIS_LENGTH).toWellFormed();
	const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(row => row.length));
	const fence = '`'.repeat(Math.max(3, longest + 1));
	return `${fence}text\n${shown}\n${fence}`;
}
function issue_text_paragraphs(...parts) {
	return parts.filter(part => part !== '').join('\n\n');
}

// actions/report-status/issues.js

const ACTIONS_BOT = 'github-actions[bot]';
const withoutRedirect = { request: { redirect: 'manual' } };
function githubIssues({ topic, label, token, repository }) {
	const octokit = token === '' ? undefined : getOctokit(token);
	const api = () => {
		if (octokit) return octokit;
		throw new ActionFailed('The input token is empty.', 'Omit the input token, or pass a token.');
	};
	let own;
	const login = () => {
		own ??= readLogin(api());
		return own;
	};
	const hasLabel = labels =>
		labels.some(each => isSameName(typeof each === 'string' ? each : each.name, label));
	return {
		async listOpen() {
			const author = await login();
			const listed = await api().paginate(api().rest.issues.listForRepo, {
				...repository,
				state: 'open',
				per_page: 100,
			});
			return listed
				.filter(
					({ user, body, pull_request }) =>
						isSameName(user?.login, author) && !pull_request && hasMarker(topic, body),
				)
				.map(({ number, html_url, labels }) => ({ number, url: html_url, hasLabel: hasLabel(labels) }))
				.sort((one, other) => one.number - other.number);
		},
		async create(title, body) {
			const author = await login();
			const { data } = await api().rest.issues.create({ ...repository, title, body });
			const issue = { number: data.number, url: data.html_url, hasLabel: hasLabel(data.labels) };
			if (isSameName(data.user?.login, author)) return issue;
			await this.close(issue, 'not_planned');
			throw new ActionFailed(
				`GitHub created ${issue.url} with the author ${quote(data.user?.login ?? '')}, but the token acts as ${quote(author)}. A later run could not recognize the issue, so the action closed it.`,
				'Report this bug (assumption G-author in docs/github.md). Until it is fixed, use another token.',
				documentation(process.env, 'github.md'),
			);
		},
		async addLabel({ number }) {
			const { status, data } = await api().rest.issues.addLabels({
				...repository,
				...withoutRedirect,
				issue_number: number,
				labels: [label],
			});
			if (status !== 200 || !hasLabel(data)) throw new Error(`GitHub answered ${status} without the label`);
		},
		async comment({ number }, body) {
			const { status } = await api().rest.issues.createComment({
				...repository,
				...withoutRedirect,
				issue_number: number,
				body,
			});
			if (status !== 201) throw new IssueGone(number, status);
		},
		async close({ number }, state_reason) {
			const { status } = await api().rest.issues.update({
				...repository,
				...withoutRedirect,
				issue_number: number,
				state: 'closed',
				state_reason,
			});
			if (status !== 200) throw new IssueGone(number, status);
		},
	};
}
function isSameName(one, other) {
	return one?.toLowerCase() === other.toLowerCase();
}
function hasMarker(topic, body) {
	return body?.startsWith(marker(topic)) ?? false;
}
async function readLogin(octokit) {
	try {
		const { viewer } = await octokit.graphql('{ viewer { login } }');
		return viewer.login;
	} catch (error) {
		if (githubErrorOf(error)) throw error;
		return ACTIONS_BOT;
	}
}

// actions/report-status/report-status.js

async function reportStatus(inputs, tools, issues) {
	const { topic, status } = inputs;
	try {
		const { outcome, issue } = await updateIssue(inputs, tools, retryingIssues(issues, tools));
		tools.log.info(
			`Topic ${quote(topic)}: ${status}. ${issue ? `Issue ${issue.url}: ${outcome}.` : 'Nothing to do.'}`,
		);
		return { 'issue-number': String(issue?.number ?? ''), 'issue-url': issue?.url ?? '', outcome };
	} catch (error) {
		throw explainGithubError(error, inputs);
	}
}
async function updateIssue(inputs, tools, issues) {
	const { topic, status } = inputs;
	if (status === 'cancelled' || status === 'skipped') return { outcome: 'nothing' };
	const open = await issues.listOpen();
	if (status === 'failure') {
		const diagnosis = await readDiagnosis(inputs);
		return tools.report.step('Issue', topic, () => reportFailure(inputs, diagnosis, open, issues, tools));
	}
	if (open.length === 0) return { outcome: 'nothing' };
	return tools.report.step('Issue', topic, () => reportSuccess(inputs, open, issues, tools));
}
async function reportFailure(inputs, diagnosis, open, issues, tools) {
	const { topic, title, run } = inputs;
	const [existing] = open;
	if (existing) {
		const result = await comment(existing, failureComment(run, diagnosis), issues, tools);
		if (result === 'gone') {
			const others = (await issues.listOpen()).filter(({ number }) => number !== existing.number);
			return reportFailure(inputs, diagnosis, others, issues, tools);
		}
		if (result === 'locked') return alreadyThere({ outcome: 'nothing', issue: existing });
		await ensureLabel(existing, inputs, issues, tools);
		return changed({ outcome: 'commented', issue: existing });
	}
	const mine = await issues.create(title, issueBody(topic, run, diagnosis));
	await ensureLabel(mine, inputs, issues, tools);
	const [oldest = mine] = await issues.listOpen();
	if (oldest.number >= mine.number) return created({ outcome: 'opened', issue: mine });
	if ((await comment(oldest, failureComment(run, diagnosis), issues, tools)) === 'gone')
		return created({ outcome: 'opened', issue: mine });
	await comment(mine, duplicateComment(oldest.number), issues, tools);
	await issues.close(mine, 'not_planned');
	return changed({ outcome: 'commented', issue: oldest });
}
async function reportSuccess({ run }, open, issues, tools) {
	const closed = [];
	for (const issue of open) {
		if ((await comment(issue, successComment(run), issues, tools)) === 'gone') continue;
		await issues.close(issue, 'completed');
		closed.push(issue);
	}
	const [first] = closed;
	return first ? changed({ outcome: 'closed', issue: first }) : alreadyThere({ outcome: 'nothing' });
}
async function comment(issue, body, issues, { log }) {
	try {
		await issues.comment(issue, body);
		return 'posted';
	} catch (error) {
		if (isLocked(error)) {
			log.warning(
				`Issue ${issue.url} is locked, so the action added no comment. To get comments, unlock the issue.`,
			);
			return 'locked';
		}
		if (!isGone(error) || (await issues.listOpen()).some(({ number }) => number === issue.number))
			throw error;
		log.warning(`Issue ${issue.url} is no longer in this repository. It was transferred or deleted.`);
		return 'gone';
	}
}
async function ensureLabel(issue, { label }, issues, { log }) {
	if (issue.hasLabel) return;
	await issues.addLabel(issue).catch(error => {
		const reason = quote(harmless(error instanceof Error ? error.message : String(error)));
		log.warning(
			`The action could not add the label ${quote(label)} to ${issue.url}: ${reason}. Later runs find the issue without the label.`,
		);
	});
}
async function readDiagnosis({ diagnosis, diagnosisFile }) {
	if (diagnosisFile === '') return diagnosis;
	const found = await (0, external_node_fs_promises_namespaceObject.lstat)(diagnosisFile).catch(error => {
		if (error.code === 'ENOENT') return undefined;
		throw error;
	});
	if (found && !found.isFile())
		throw new ActionFailed(
			`diagnosis-file ${quote(diagnosisFile)} is not a regular file.`,
			'Set diagnosis-file to the path of a text file, not of a link or a folder.',
		);
	const more = found
		? await (0, external_node_fs_promises_namespaceObject.readFile)(diagnosisFile, 'utf8')
		: '';
	return [diagnosis, more].filter(text => text.trim() !== '').join('\n');
}
function retryingIssues(issues, tools) {
	const retrying = (what, work) => retryRequest(what, tools, work);
	return {
		listOpen: () => retrying('list issues', () => issues.listOpen()),
		create: (title, body) => {
			let tried = false;
			return retrying('open the issue', async () => {
				const [existing] = tried ? await issues.listOpen() : [];
				tried = true;
				return existing ?? issues.create(title, body);
			});
		},
		addLabel: issue => retrying('label the issue', () => issues.addLabel(issue)),
		comment: (issue, body) => retrying('comment on the issue', () => issues.comment(issue, body)),
		close: (issue, reason) => retrying('close the issue', () => issues.close(issue, reason)),
	};
}
function retryRequest(what, tools, work) {
	const { time, log, retrySeconds: timeoutSeconds } = tools;
	const transient = error =>
		requestedWait(error) < timeoutSeconds ? github_errors_transientReason(error) : undefined;
	return retry({ what, timeoutSeconds, time, log, transient }, async () => {
		try {
			return await work();
		} catch (error) {
			if (transient(error)) await time.sleep(requestedWait(error) * 1000);
			throw error;
		}
	});
}

// actions/report-status/index.js

void runAction({
	name: 'report-status',
	parse: () => parse(process.env),
	main: (inputs, tools) => reportStatus(inputs, tools, githubIssues(inputs)),
});
