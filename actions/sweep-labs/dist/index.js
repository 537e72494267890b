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
const naming_rules_resourceGroupName = {
	...resourceGroup,
	accepts: value =>
		resourceGroup.accepts(value) && value.normalize('NFKC') === value && !MIXED_SCRIPTS.test(value),
};
const naming_rules_locationName = azureRule(
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
const naming_rules_tagName = rule(
	'a tag name',
	'1–512 characters other than < > % & \\ ? / = and blanks, starting with a letter or digit',
	TAGS,
	/^[\p{L}\p{N}][^<>%&\\?/=\s\p{C}]{0,511}$/u,
);
const naming_rules_tagValue = {
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
	if (!(error instanceof command_errors_CommandFailed) || error.exitCode !== 3) return false;
	return error.code === undefined
		? error.is('registry-object-not-found') || error.is('directory-object-not-found')
		: ABSENT.test(error.code);
}
async function az_findResource(az, args) {
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

// actions/shared/ownership.js

const ownership_MANAGED_BY = 'workload-identity-lab';
function ownership_tagOf(tags, name) {
	return Object.entries(tags ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
function ownership_labTagsProblem(tags, repository) {
	if (ownership_tagOf(tags, 'managed-by') !== ownership_MANAGED_BY)
		return `it has no tag managed-by=${ownership_MANAGED_BY}`;
	const owner = ownership_tagOf(tags, 'repository') ?? '';
	if (owner.toLowerCase() === repository.toLowerCase()) return undefined;
	const found = owner === '' ? 'it has no tag repository' : `its tag repository is ${quote_quote(owner)}`;
	return `${found}, not ${quote_quote(repository)}`;
}
function isLabOwned(tags, repository) {
	return Boolean(repository) && ownership_labTagsProblem(tags, repository) === undefined;
}
function describeOwner(tags) {
	const entries = Object.entries(tags ?? {}).slice(0, 10);
	if (entries.length === 0) return 'no tags';
	return `tags ${entries.map(([key, value]) => `${key}=${quote(value)}`).join(', ')}`;
}

// actions/shared/deletion/inventory.js

const VAULT = 'Microsoft.KeyVault/vaults';
const CLUSTER = 'Microsoft.ContainerService/managedClusters';
const IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const KINDS = [
	{ type: CLUSTER, command: 'aks', deletion: ['--yes', '--no-wait'] },
	{ type: 'Microsoft.ContainerRegistry/registries', command: 'acr', deletion: ['--yes'] },
	{ type: VAULT, command: 'keyvault', deletion: [] },
	{ type: IDENTITY, command: 'identity', deletion: [] },
];
function kindOf(resource) {
	return KINDS.find(({ type }) => isOfType(resource, type));
}
function isOfType({ type }, wanted) {
	return type.toLowerCase() === wanted.toLowerCase();
}
function describeResource({ type, name }) {
	return `${type.split('/').slice(1).join('/')} ${name}`;
}
function sameId(one, other) {
	return one.toLowerCase() === other.toLowerCase();
}
function isBelow(id, parent) {
	return id.toLowerCase().startsWith(`${parent.toLowerCase()}/`);
}
function groupId(subscriptionId, name) {
	return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}
async function readGroup(az, subscriptionId, name) {
	const group = await az_findResource(az, ['group', 'show', '--name', name]);
	if (group && !sameId(group.id, groupId(subscriptionId, name)))
		throw new Error(
			`az shows resource group ${quote_quote(group.id)}, but the request was for ${quote_quote(groupId(subscriptionId, name))}.`,
		);
	return group;
}
async function readResource(az, listed) {
	const group = listed.id.split('/')[4] ?? '';
	const shown = await az_findResource(az, [
		...[kindOf(listed).command, 'show', '--name', listed.name, '--resource-group', group],
	]);
	return shown && { ...shown, type: listed.type, systemData: shown.systemData ?? listed.systemData ?? null };
}
async function readInventory(az, subscriptionId, name) {
	const group = await readGroup(az, subscriptionId, name);
	if (!group) return undefined;
	try {
		const [cached, ...current] = await Promise.all([
			listAll(az, `${groupId(subscriptionId, name)}/resources?api-version=2021-04-01`),
			...KINDS.map(({ command }) => listKind(az, command, name)),
		]);
		const listed = current.flatMap((list, index) =>
			checkedList(list).map(resource => ({ ...resource, type: KINDS[index].type })),
		);
		const resources = new Map(listed.map(resource => [resource.id.toLowerCase(), resource]));
		const gone = [];
		for (const resource of cached) {
			const key = resource.id.toLowerCase();
			const known = resources.get(key);
			const shown = known ?? (kindOf(resource) ? await readResource(az, resource) : resource);
			if (shown)
				resources.set(key, {
					...shown,
					type: resource.type,
					systemData: shown.systemData ?? resource.systemData,
				});
			else gone.push(resource);
		}
		for (const [key, { id }] of resources)
			if (gone.some(parent => isBelow(id, parent.id))) resources.delete(key);
		const foreign = [...resources.values()].find(({ id }) => !isBelow(id, group.id));
		if (foreign)
			throw new Error(
				`The list of resource group ${quote_quote(name)} contains ${quote_quote(foreign.id)}, which is not in the group.`,
			);
		return { group, resources: [...resources.values()] };
	} catch (error) {
		if (error instanceof command_errors_CommandFailed && !(await readGroup(az, subscriptionId, name)))
			return undefined;
		throw error;
	}
}
async function listKind(az, command, resourceGroup) {
	try {
		return await az([command, 'list', '--resource-group', resourceGroup]);
	} catch (error) {
		if (error instanceof command_errors_CommandFailed && error.code === 'MissingSubscriptionRegistration')
			return [];
		throw error;
	}
}
async function listAll(az, path) {
	const items = [];
	const pages = new Set();
	for (let url = path; url !== undefined; ) {
		if (pages.has(url)) throw new Error(`The list ${quote_quote(path)} repeats a page.`);
		pages.add(url);
		const page = await az([...['rest', '--method', 'get', '--url', url]]);
		items.push(...checkedList(page?.value));
		url = page?.nextLink ? pageOf(page.nextLink, path) : undefined;
	}
	return items;
}
function pageOf(nextLink, path) {
	const { pathname, search } = new URL(nextLink, 'https://management.azure.com');
	const [wanted = ''] = path.split('?');
	if (sameId(decodeURIComponent(pathname), wanted)) return `${pathname}${search}`;
	throw new Error(
		`The list ${quote_quote(wanted)} continues at ${quote_quote(nextLink)}, which is another list.`,
	);
}
function checkedList(list) {
	if (Array.isArray(list) && list.every(item => typeof item?.id === 'string')) return list;
	throw new Error("Azure's answer to a list of resources is not a list.");
}
function seesEverything(permissions) {
	return (permissions ?? []).some(
		({ actions, notActions, condition }) =>
			!condition &&
			actions.some(action => /^\*(\/read)?$/i.test(action)) &&
			!notActions.some(action => /(^|\/)(\*|read)$/i.test(action)),
	);
}

// actions/shared/deletion/ownership.js

const fullRepositoryName = {
	what: 'a repository',
	valid: 'OWNER/NAME',
	link: 'https://docs.github.com/repositories/creating-and-managing-repositories/about-repositories',
	accepts: text => /^[A-Za-z0-9][\w-]*\/[\w.-]{1,100}$/.test(text),
};
const creators = {
	what: 'a list of identities',
	valid: 'client IDs, object IDs, or user names such as somebody@example.com, separated by commas',
	link: 'https://learn.microsoft.com/rest/api/resources/resources/get#systemdata',
	accepts: text => text.split(',').every(name => /^[A-Za-z0-9][\w.+#@-]{0,255}$/.test(name.trim())),
};
function ownerInputs(input, environment) {
	return {
		repository: input.optional('repository', fullRepositoryName, environment.GITHUB_REPOSITORY ?? ''),
		createdBy: input
			.optional('created-by', creators)
			.split(',')
			.map(name => name.trim())
			.filter(name => name !== ''),
	};
}
async function callerNames(az) {
	const token = await az(['account', 'get-access-token', '--query', 'accessToken']);
	setSecret(token);
	const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
	return ['appid', 'azp', 'oid', 'upn', 'unique_name', 'preferred_username'].flatMap(name =>
		typeof claims[name] === 'string' ? [claims[name]] : [],
	);
}
async function proofFor({ repository, createdBy }, due, az) {
	const names = [...createdBy, ...(await callerNames(az))];
	return { repository, creators: new Set(names.map(name => name.toLowerCase())), ...due };
}
function groupProblem({ tags, managedBy }, { repository, notDue }) {
	if (managedBy) return `${quote_quote(managedBy)} manages it`;
	return ownership_labTagsProblem(tags, repository) ?? notDue(tags);
}
function resourceProblem(resource, group, proof) {
	const { repository, creators, notDue, unattended } = proof;
	const { tags, type, systemData } = resource;
	if (group.managedBy) return `${quote_quote(group.managedBy)} manages its resource group`;
	const notOurs = ownership_labTagsProblem(tags, repository);
	if (notOurs) return notOurs;
	if (!kindOf(resource)) return `the lab creates nothing of type ${type}`;
	const createdBy = systemData?.createdBy;
	if (createdBy && !creators.has(createdBy.toLowerCase()))
		return `${quote_quote(createdBy)} created it; if that identity creates labs, add it to the input created-by`;
	const groupIsLabs = ownership_labTagsProblem(group.tags, repository) === undefined;
	if (!createdBy && unattended && !groupIsLabs)
		return "Azure does not record who created it, and its resource group is not the lab's; delete it with delete-lab";
	return notDue(tags) ?? (groupIsLabs ? notDue(group.tags) : undefined);
}
function findLab(group, all, proof) {
	const resources = [];
	const blocked = [];
	const others = [];
	for (const resource of all) {
		const parent = all.find(other => isBelow(resource.id, other.id));
		const problem = parent
			? (ownership_labTagsProblem(resource.tags, proof.repository) ?? resourceProblem(parent, group, proof))
			: resourceProblem(resource, group, proof);
		if (problem !== undefined) others.push({ resource, reason: problem });
		else if (!parent) {
			const child = all.find(
				({ id, tags }) =>
					isBelow(id, resource.id) && ownership_labTagsProblem(tags, proof.repository) !== undefined,
			);
			if (child) blocked.push({ resource, reason: `it contains ${child.id}, which is not the lab's` });
			else resources.push(resource);
		}
	}
	return { group, groupStays: groupProblem(group, proof), resources, blocked, others };
}
function isVault(resource) {
	return kindOf(resource)?.type === VAULT;
}

// actions/sweep-labs/inputs.js

function parse(environment, read) {
	return parseInputs(
		input => ({
			account: accountInputs(input, environment),
			owner: ownerInputs(input, environment),
			dryRun: input.boolean('dry-run', true),
			timeoutMinutes: input.integer('timeout-minutes', { default: 30, min: 1, max: 360 }),
		}),
		read,
	);
}

// actions/shared/permissions.js

const API_VERSION = '2022-04-01';
async function permissionsAt(az, scope) {
	const url = `${scope}/providers/Microsoft.Authorization/permissions?api-version=${API_VERSION}`;
	try {
		return (await az(['rest', '--method', 'get', '--url', url])).value;
	} catch (error) {
		if (error instanceof command_errors_CommandFailed) return undefined;
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

// actions/shared/deletion/principals.js

function principalsOf(resource) {
	const { principalId, identity, identityProfile } = resource;
	const nodes = nodeGroupOf(resource);
	const created = Object.values(identityProfile ?? {}).filter(
		profile => nodes !== undefined && profile?.resourceId && isBelow(profile.resourceId, nodes),
	);
	return [
		principalId,
		/SystemAssigned/i.test(identity?.type ?? '') ? identity?.principalId : undefined,
		...created.map(profile => profile?.objectId),
	].filter(id => typeof id === 'string');
}
function nodeGroupOf(resource) {
	const { id, nodeResourceGroup } = resource;
	const subscription = id.split('/')[2] ?? '';
	return nodeResourceGroup ? groupId(subscription, nodeResourceGroup) : undefined;
}
function principals_listAssignments(az) {
	const query = '[].{id: id, role: roleDefinitionName, scope: scope, principalId: principalId}';
	return az([...['role', 'assignment', 'list', '--all', '--fill-principal-name', 'false', '--query', query]]);
}
function principals_assignmentsOf(resource, lab, all) {
	const principals = principalsOf(resource);
	const groupGoes = lab.groupStays === undefined && lab.others.length + lab.blocked.length === 0;
	const gone = [
		...(groupGoes ? [lab.group.id] : []),
		...lab.resources.map(({ id }) => id),
		...lab.resources.map(nodeGroupOf).filter(id => id !== undefined),
	];
	return all.filter(
		({ principalId, scope }) =>
			principals.includes(principalId) && !gone.some(id => sameId(scope, id) || isBelow(scope, id)),
	);
}
async function deleteAssignments(assignments, { az, report }) {
	const left = [];
	for (const { id, role, scope } of assignments) {
		await report
			.step('Role assignment', `${role} on ${scope}`, async () => {
				await az(['role', 'assignment', 'delete', '--ids', id]);
				return { outcome: 'deleted', value: undefined };
			})
			.catch(error =>
				left.push(
					`role assignment ${id}: ${reasonOf(error)} No later run finds it. Delete it: az role assignment delete --ids ${id}`,
				),
			);
	}
	return left;
}
function reasonOf(error) {
	if (error instanceof Interrupted) throw error;
	const message = error instanceof Error ? error.message : String(error);
	const warnings = /(?<= exit code \S+: )WARNING: [\s\S]*?^(?=ERROR: )/m;
	const [first = ''] = message.replace(warnings, '').split('\n');
	const known = error instanceof command_errors_CommandFailed ? error.explanation : undefined;
	return known ? `${first} (${known.cause} ${known.remedy})` : first;
}

// actions/shared/deletion/deleted-vaults.js

const RETENTION_DAYS = 7;
function listDeletedVaults(az) {
	return az(['keyvault', 'list-deleted', '--resource-type', 'vault']);
}
function deletedVaultProblem(
	{ properties: { tags, deletionDate, scheduledPurgeDate } },
	{ repository, notDue },
) {
	const days = (Date.parse(scheduledPurgeDate ?? '') - Date.parse(deletionDate ?? '')) / 86_400_000;
	return (
		ownership_labTagsProblem(tags, repository) ??
		notDue(tags) ??
		(Math.round(days) === RETENTION_DAYS
			? undefined
			: `its retention is ${Number.isNaN(days) ? 'unknown' : `${Math.round(days)} days`}, and that of the lab's vaults is ${RETENTION_DAYS} days`)
	);
}
async function purgeVaults(isLeft, deletedNow, timeoutMinutes, { az, time, log }) {
	const asked = new Map();
	const refused = new Map();
	const isWanted = vault =>
		deletedNow.some(({ id }) => sameId(id, vault.properties.vaultId)) || isLeft(vault);
	let unseen = deletedNow;
	let purging = [];
	const wait = { what: 'Purge', timeoutSeconds: timeoutMinutes * 60, time, log };
	await poll({ ...wait, goesOn: 'it continues in Azure' }, async () => {
		const listed = (await listDeletedVaults(az)).filter(isWanted);
		for (const { name, properties } of listed.filter(({ name }) => !asked.has(name))) {
			asked.set(name, properties.location);
			await az(['keyvault', 'purge', '--name', name, '--location', properties.location, '--no-wait']).catch(
				error => refused.set(name, reasonOf(error)),
			);
		}
		unseen = unseen.filter(({ id }) => !listed.some(vault => sameId(vault.properties.vaultId, id)));
		purging = listed.map(({ name }) => name).filter(name => !refused.has(name));
		if (purging.length > 0) return { state: `${purging.join(', ')} being purged` };
		if (unseen.length > 0)
			return { state: `${unseen.map(({ name }) => name).join(', ')} not listed as deleted yet` };
		return { value: true };
	}).catch(error => {
		if (!(error instanceof TimedOut)) throw error;
		for (const name of purging) refused.set(name, `its purge did not end within ${timeoutMinutes} minutes.`);
		for (const { name, location } of unseen) {
			asked.set(name, location);
			refused.set(
				name,
				`not purged, because Azure did not list it as deleted within ${timeoutMinutes} minutes.`,
			);
		}
	});
	if (refused.size > 0) {
		const reasons = [...refused].map(
			([name, reason]) =>
				`deleted vault ${name}: ${reason} Purge it: az keyvault purge --name ${name} --location ${asked.get(name)}`,
		);
		throw new ActionFailed(reasons.join('\n- '), 'fix what each line reports, and run this step again.');
	}
	return asked.size === 0 ? alreadyGone(undefined) : deleted(undefined);
}

// actions/shared/deletion/delete-lab.js

async function readLab(resourceGroup, { subscriptionId, proof }, { az }) {
	const inventory = await readInventory(az, subscriptionId, resourceGroup);
	return inventory && findLab(inventory.group, inventory.resources, proof);
}
async function assignmentsOfLab(lab, { az }) {
	if (!hasPrincipals(lab)) return [];
	const all = await listAssignments(az);
	return lab.resources.flatMap(resource => assignmentsOf(resource, lab, all));
}
function hasPrincipals({ resources }) {
	return resources.some(resource => isOfType(resource, CLUSTER) || isOfType(resource, IDENTITY));
}
async function deleteLab(lab, deletion, tools) {
	const { group, groupStays, others, blocked } = lab;
	const { report, log } = tools;
	if (others.length > 0) {
		const kept = others.map(({ resource, reason }) => `${describeResource(resource)} (${reason})`);
		log.warning(`Resource group ${group.name} stays, and in it: ${kept.join(', ')}.`);
	}
	const left = blocked.map(
		({ resource, reason }) =>
			`${describeResource(resource)}: ${reason}. Delete or move that resource first: az resource delete --ids ${resource.id}/…`,
	);
	const kept = [];
	const { deletedNow, allGone } = await deleteResources(lab, deletion, tools, { left, kept });
	if (groupStays === undefined && others.length + blocked.length === 0 && allGone) {
		await report
			.step('Resource group', group.name, () => deleteGroup(lab, deletion, tools))
			.catch(error => {
				if (error instanceof ProofLost) kept.push(error.message);
				else left.push(reasonOf(error));
			});
	}
	await report
		.step('Deleted vaults of', group.name, () =>
			purgeLab(group.name, deletedNow.filter(isVault), deletion, tools, groupStays),
		)
		.catch(error => void left.push(reasonOf(error)));
	if (left.length > 0) throw notDeleted(group.name, [...left, ...kept]);
	return kept;
}
class ProofLost extends Error {}
function purgeLab(resourceGroup, deletedNow, { subscriptionId, proof, timeoutMinutes }, tools, groupStays) {
	const tagsCount = !proof.unattended || groupStays === undefined;
	const inGroup = groupId(subscriptionId, resourceGroup);
	const vaults = deletedNow.map(({ id, name, location = '' }) => ({ id, name, location }));
	return purgeVaults(
		vault =>
			tagsCount &&
			isBelow(vault.properties.vaultId, inGroup) &&
			deletedVaultProblem(vault, proof) === undefined,
		vaults,
		timeoutMinutes,
		tools,
	);
}
async function deleteResources(lab, deletion, tools, failures) {
	const { az, report, time, log } = tools;
	let allGone = true;
	const place = ['--resource-group', lab.group.name];
	const assignments = hasPrincipals(lab) ? await principals_listAssignments(az) : [];
	const ended = [];
	const asked = [];
	const ordered = [...lab.resources].sort((one, other) => rank(one) - rank(other));
	for (const resource of ordered) {
		const { command, deletion: more } = kindOf(resource);
		const name = ['--name', resource.name, ...place];
		const what = describeResource(resource);
		try {
			const current = await readAgain(resource, lab, deletion, tools);
			if (current) {
				const own = principals_assignmentsOf(current, lab, assignments);
				ended.push(...own);
				failures.left.push(...(await deleteAssignments(own, tools)));
			}
			await report.step('Resource', what, async () => {
				if (!current) return alreadyGone(undefined);
				await az([command, 'delete', ...name, ...more]);
				return deleted(undefined);
			});
			if (current) asked.push(current);
		} catch (error) {
			allGone = false;
			if (error instanceof ProofLost) failures.kept.push(error.message);
			else failures.left.push(`${what}: ${reasonOf(error)}`);
		}
	}
	const wait = {
		what: `Resources of ${lab.group.name}`,
		timeoutSeconds: deletion.timeoutMinutes * 60,
		time,
		log,
	};
	let still = asked;
	await poll({ ...wait, goesOn: 'their deletion continues in Azure' }, async () => {
		const shown = await Promise.all(still.map(resource => readResource(az, resource)));
		still = still.filter((_, index) => shown[index] !== undefined);
		return still.length === 0
			? { value: true }
			: { state: `${still.map(describeResource).join(', ')} being deleted` };
	}).catch(error => failures.left.push(reasonOf(error)));
	if (ended.length > 0) {
		const now = await principals_listAssignments(az);
		for (const { id } of ended.filter(each => now.some(other => sameId(other.id, each.id))))
			if (!failures.left.some(text => text.includes(id)))
				failures.left.push(
					`role assignment ${id}: it still exists. Delete it: az role assignment delete --ids ${id}`,
				);
	}
	return {
		deletedNow: asked.filter(resource => !still.includes(resource)),
		allGone: allGone && still.length === 0,
	};
}
function rank(resource) {
	return isOfType(resource, CLUSTER) ? 0 : 1;
}
async function readAgain(resource, lab, { subscriptionId, proof }, { az }) {
	const [group, current] = await Promise.all([
		proof.unattended ? readGroup(az, subscriptionId, lab.group.name) : lab.group,
		readResource(az, resource),
	]);
	if (!group || !current) return undefined;
	const problem = sameId(current.id, resource.id)
		? resourceProblem(current, group, proof)
		: `az shows ${quote_quote(current.id)}`;
	if (problem) throw new ProofLost(`${describeResource(resource)} was not deleted: ${problem}.`);
	return current;
}
async function deleteGroup(
	{ group: { name } },
	{ subscriptionId, proof, timeoutMinutes },
	{ az, time, log },
) {
	const inventory = await readInventory(az, subscriptionId, name);
	if (!inventory) return alreadyGone(undefined);
	const inside = inventory.resources;
	if (inside.length > 0)
		throw new ProofLost(
			`Resource group ${name} was not deleted: meanwhile it contains ${inside.map(describeResource).join(', ')}.`,
		);
	const permissions = await permissionsAt(az, groupId(subscriptionId, name));
	if (!seesEverything(permissions))
		throw new Error(
			`Resource group ${name} was not deleted: the identity that az is logged in as is not allowed to read everything in it, so it is not known to be empty. Assign Contributor on the resource group, or delete it: az group delete --name ${name}`,
		);
	const group = await readGroup(az, subscriptionId, name);
	if (!group) return alreadyGone(undefined);
	const problem = groupProblem(group, proof);
	if (problem) throw new ProofLost(`Resource group ${name} was not deleted: ${problem}.`);
	await az(['group', 'delete', '--name', name, '--yes', '--no-wait']);
	let deleting = false;
	const wait = { what: `Resource group ${name}`, timeoutSeconds: timeoutMinutes * 60, time, log };
	try {
		await poll({ ...wait, goesOn: 'its deletion continues in Azure' }, async () => {
			const state = (await readGroup(az, subscriptionId, name))?.properties?.provisioningState;
			if (state === undefined) return { value: true };
			if (deleting && state !== 'Deleting')
				throw new Error(`Azure ended the deletion, and its state is ${state}`);
			deleting ||= state === 'Deleting';
			return { state };
		});
	} catch (error) {
		if (error instanceof TimedOut)
			throw new Error(`Resource group ${name} was not deleted: ${error.message}.`);
		throw error;
	}
	return deleted(undefined);
}
function notDeleted(resourceGroup, left) {
	return new ActionFailed(
		`Of the lab in ${resourceGroup} these parts could not be deleted:\n${left.map(text => `- ${text}`).join('\n')}`,
		`fix what each line reports, often a missing permission (Microsoft.Authorization/roleAssignments/delete) or a lock (az lock list --resource-group ${resourceGroup}). Then run this step again; it continues with what is left.`,
		'https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources',
	);
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
		if (error instanceof command_errors_CommandFailed) return undefined;
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
	const found = text.split('\n').flatMap(line => tool_versions_parse(line) ?? []);
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
function tool_versions_parse(line) {
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
			if (error instanceof command_errors_CommandFailed) return [];
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
		if (!(error instanceof command_errors_CommandFailed)) throw error;
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

// actions/shared/resource-group.js

const OWN_TAGS = /* unused pure expression or super */ null && [
	'managed-by',
	'repository',
	'run',
	'expires-on',
];
function resourceGroupInputs(input, environment, now = new Date()) {
	const hours = input.integer('expires-in-hours', { default: 24, min: 1, max: 8760 });
	const tags = input.keyValues('tags', { key: tagName, value: tagValue });
	for (const problem of tagProblems(tags)) input.problem(problem);
	return {
		name: input.required('resource-group', resourceGroupName),
		location: input.optional('location', locationName, 'eastus'),
		tags: {
			...defaultTags(environment, hours, now),
			...tags,
		},
	};
}
function tagProblems(tags) {
	const names = Object.keys(tags);
	return names.flatMap((name, index) => {
		const same = other => other.toLowerCase() === name.toLowerCase();
		if (OWN_TAGS.some(same))
			return `tags sets ${quote(name)}, which is reserved: the lab uses ${OWN_TAGS.join(', ')} to know what it is allowed to delete. Azure ignores the case of tag names. Remove this line${same('expires-on') ? ', and set expires-in-hours instead' : ''}`;
		const earlier = names.slice(0, index).find(same);
		return earlier === undefined
			? []
			: `tags sets ${quote(earlier)} and ${quote(name)}. Azure ignores the case of tag names. Remove one of them`;
	});
}
function defaultTags(environment, hours, now) {
	const {
		GITHUB_REPOSITORY: repository,
		GITHUB_RUN_ID: run,
		GITHUB_RUN_ATTEMPT: attempt = '1',
	} = environment;
	return {
		'managed-by': MANAGED_BY,
		...(repository && { repository }),
		...(run && { run: `${run}-${attempt}` }),
		'expires-on': new Date(now.getTime() + hours * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z'),
	};
}
function tagArguments(tags) {
	return ['--tags', ...Object.entries(tags).map(([key, value]) => `${key}=${value}`)];
}
function generatedTagArguments(tags) {
	const isPlain = Object.entries(tags).every(([key, value]) => /^[\w-]+$/.test(key) && value !== '');
	return isPlain ? tagArguments(tags) : ['--tags', JSON.stringify(tags).replaceAll('@', '\\u0040')];
}
async function ensureResourceGroup(az, group, log = realLog) {
	const { name, location, tags } = group;
	const found = await findResource(az, ['group', 'show', '--name', name]);
	if (!found) {
		await az(['group', 'create', '--name', name, '--location', location, ...tagArguments(tags)]);
		return created(undefined);
	}
	if (isSameLab(found, group)) await renew(az, found, group, log);
	return alreadyThere(undefined);
}
async function renewExpiry(az, group, existing, log = realLog) {
	if (!isSameLab(existing, group)) return;
	const found = await findResource(az, ['group', 'show', '--name', group.name]);
	await renew(az, found && isSameLab(found, group) ? found : existing, group, log);
}
function isSameLab({ tags }, group) {
	return labTagsProblem(tags, tagOf(group.tags, 'repository') ?? '') === undefined;
}
async function renew(az, { id, tags }, group, log) {
	const wanted = tagOf(group.tags, 'expires-on') ?? '';
	const current = expiryTime(tagOf(tags, 'expires-on'));
	if (Number.isNaN(current) || current >= expiryTime(wanted)) return;
	try {
		await az([
			...['tag', 'update', '--resource-id', id, '--operation', 'merge', '--tags', `expires-on=${wanted}`],
		]);
		log.info(`${id} now expires on ${wanted}.`);
	} catch (error) {
		if (!(error instanceof CommandFailed)) throw error;
		log.warning(
			`The tag expires-on of ${id} could not be changed from ${quote(tagOf(tags, 'expires-on') ?? '')} to ${quote(wanted)}: ${error.message.split('\n')[0]}\nA sweep deletes the resource after the earlier time.\nWhat to do: assign the role Tag Contributor on the resource, or run: az tag update --resource-id ${id} --operation merge --tags expires-on=${wanted}`,
		);
	}
}
function expiryTime(text) {
	return /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text ?? '')
		? Date.parse(text ?? '')
		: Number.NaN;
}
const CREATE_GROUP = {
	action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
	resourceGroup: '',
	remedy: 'Contributor',
};

// actions/sweep-labs/expiry.js

function notExpired(tags, now) {
	const text = ownership_tagOf(tags, 'expires-on') ?? '';
	if (text === '') return 'it has no tag expires-on';
	const end = expiryTime(text);
	if (Number.isNaN(end)) return `its tag expires-on is ${quote_quote(text)}, which is not a time`;
	return end < now ? undefined : `expires on ${text}`;
}

// actions/sweep-labs/sweep-labs.js

const PARALLEL_DELETIONS = 4;
async function sweepLabs(inputs, tools) {
	const { az, report } = tools;
	const { subscriptionId } = await preflight(
		inputs.account,
		{ permissions: inputs.dryRun ? [] : PERMISSIONS },
		tools,
	);
	const now = Date.now();
	const proof = await proofFor(inputs.owner, { notDue: tags => notExpired(tags, now), unattended: true }, az);
	const deletion = { subscriptionId, proof, timeoutMinutes: inputs.timeoutMinutes };
	const all = await az(['group', 'list']);
	const groups = await groupsWithLabs(all, subscriptionId, az);
	const found = [];
	const queue = [...groups];
	const work = async () => {
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
			const one = await sweepOne(next, inputs, deletion, tools);
			if (one) found.push(one);
		}
	};
	await Promise.all(Array.from({ length: PARALLEL_DELETIONS }, work));
	found.sort((one, other) => one.resourceGroup.localeCompare(other.resourceGroup));
	const failed = found.filter(({ reason }) => reason.startsWith(FAILED));
	const failures = failed.map(({ resourceGroup, reason }) => `${resourceGroup}: ${reason}`);
	await sweepVaults(inputs, deletion, tools).catch(error => failures.push(reasonOf(error)));
	report.add(markdown(found));
	const names = outcome =>
		JSON.stringify(found.filter(each => each.outcome === outcome).map(each => each.resourceGroup));
	const outputs = {
		found: JSON.stringify(found.map(({ resourceGroup }) => resourceGroup)),
		deleted: names('deleted'),
		left: names('left'),
	};
	if (failures.length > 0) {
		throw new ActionFailed(
			`Not everything could be deleted:\n${failures.map(text => `- ${text}`).join('\n')}`,
			'fix what each line reports. The next sweep retries.',
			undefined,
			outputs,
		);
	}
	return outputs;
}
const PERMISSIONS = [
	{
		action: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
		resourceGroup: '',
		remedy: 'Contributor',
	},
	{
		action: 'Microsoft.KeyVault/locations/deletedVaults/purge/action',
		resourceGroup: '',
		remedy: 'Key Vault Purge Operator',
	},
];
const FAILED = 'failed: ';
async function groupsWithLabs(all, subscriptionId, az) {
	const filter = encodeURIComponent(`tagName eq 'managed-by' and tagValue eq '${ownership_MANAGED_BY}'`);
	const resources = await listAll(
		az,
		`/subscriptions/${subscriptionId}/resources?$filter=${filter}&api-version=2021-04-01`,
	);
	const isLabs = ({ tags }) => ownership_tagOf(tags, 'managed-by') === ownership_MANAGED_BY;
	return all
		.filter(({ managedBy }) => !managedBy)
		.filter(group => isLabs(group) || resources.some(({ id }) => isBelow(id, group.id)))
		.map(({ name }) => name)
		.sort();
}
async function sweepOne(resourceGroup, { dryRun }, deletion, tools) {
	const { report, log } = tools;
	try {
		const lab = await readLab(resourceGroup, deletion, tools);
		if (!lab) return undefined;
		const { groupStays, resources, others, blocked } = lab;
		const whole = groupStays === undefined && others.length + blocked.length === 0;
		if (!whole && resources.length + blocked.length === 0) {
			const reasons = [groupStays ?? [], ...others.map(({ reason }) => reason)].flat();
			return { resourceGroup, outcome: 'left', reason: [...new Set(reasons)].join('; ') };
		}
		const total = resources.length + others.length + blocked.length;
		const what = whole ? 'the group' : `${resources.length} of ${total} resources`;
		if (!dryRun) {
			const kept = await deleteLab(lab, deletion, tools);
			return kept.length === 0
				? { resourceGroup, outcome: 'deleted', reason: what }
				: { resourceGroup, outcome: 'left', reason: kept.join(' ') };
		}
		await report.step('Lab', resourceGroup, async () => ({ outcome: 'would be deleted', value: undefined }));
		return { resourceGroup, outcome: 'would be deleted', reason: what };
	} catch (error) {
		const reason = error instanceof ActionFailed ? error.message.replaceAll('\n', ' ') : reasonOf(error);
		log.warning(`${resourceGroup}: ${reason}`);
		return { resourceGroup, outcome: 'left', reason: `${FAILED}${reason}` };
	}
}
async function sweepVaults({ dryRun }, { subscriptionId, proof, timeoutMinutes }, tools) {
	const { az, report } = tools;
	const groups = await az(['group', 'list']);
	const isLeft = vault => {
		const { vaultId } = vault.properties;
		const group = groups.find(({ id }) => isBelow(vaultId, id));
		return (
			isBelow(vaultId, `/subscriptions/${subscriptionId}`) &&
			deletedVaultProblem(vault, proof) === undefined &&
			(group === undefined || groupProblem(group, proof) === undefined)
		);
	};
	const left = (await listDeletedVaults(az)).filter(isLeft);
	if (left.length === 0) return;
	const names = left.map(({ name }) => name).join(', ');
	await report.step('Deleted vaults', names, () =>
		dryRun
			? Promise.resolve({ outcome: 'would be deleted', value: undefined })
			: purgeVaults(isLeft, [], timeoutMinutes, tools),
	);
}
function markdown(found) {
	if (found.length === 0) return 'No lab was found.';
	const rows = found.map(
		({ resourceGroup, outcome, reason }) => `| ${cell(resourceGroup)} | ${outcome} | ${cell(reason)} |`,
	);
	return ['| Resource group | Outcome | What, or why |', '|---|---|---|', ...rows].join('\n');
}

// actions/sweep-labs/index.js

void runAction({ name: 'sweep-labs', parse: () => parse(process.env), main: sweepLabs });
