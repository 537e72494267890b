import { createRequire as __WEBPACK_EXTERNAL_createRequire } from 'module';
/******/ var __webpack_modules__ = {
	/***/ 455: /***/ module => {
		module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:fs/promises');

		/***/
	},

	/***/ 760: /***/ module => {
		module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:path');

		/***/
	},

	/***/ 747: /***/ (__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {
		// EXPORTS
		__nccwpck_require__.d(__webpack_exports__, {
			jE: () => /* binding */ KUBECONFIG_FOLDER,
			yy: () => /* binding */ temporaryFolder,
		});
		// UNUSED EXPORTS: newKubeconfigFolder

		// external "node:crypto"
		const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)(
			'node:crypto',
		);

		// external "node:os"
		const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)('node:os');
		// EXTERNAL MODULE: external "node:path"
		var external_node_path_ = __nccwpck_require__(760);

		// actions/create-cluster/kubeconfig-folder.js

		const KUBECONFIG_FOLDER = {
			state: 'kubeconfig-folder',
			name: /^kubeconfig-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/,
		};
		function temporaryFolder(environment) {
			return environment.RUNNER_TEMP || (0, external_node_os_namespaceObject.tmpdir)();
		}
		function newKubeconfigFolder(environment) {
			return join(resolve(temporaryFolder(environment)), `kubeconfig-${randomUUID()}`);
		}

		/***/
	},

	/***/ 414: /***/ (__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {
		__nccwpck_require__.a(
			__webpack_module__,
			async (__webpack_handle_async_dependencies__, __webpack_async_result__) => {
				try {
					/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(455);
					/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
					/* harmony import */ var _kubeconfig_folder_js__WEBPACK_IMPORTED_MODULE_2__ =
						__nccwpck_require__(747);

					const folder =
						process.env[
							`STATE_${_kubeconfig_folder_js__WEBPACK_IMPORTED_MODULE_2__ /* .KUBECONFIG_FOLDER */.jE.state}`
						];
					if (folder) await removeKubeconfig(folder);
					async function removeKubeconfig(folder) {
						const isOurs =
							(0, node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(folder) ===
								(0, node_path__WEBPACK_IMPORTED_MODULE_1__.resolve)(
									(0, _kubeconfig_folder_js__WEBPACK_IMPORTED_MODULE_2__ /* .temporaryFolder */.yy)(
										process.env,
									),
								) &&
							_kubeconfig_folder_js__WEBPACK_IMPORTED_MODULE_2__ /* .KUBECONFIG_FOLDER */.jE.name
								.test((0, node_path__WEBPACK_IMPORTED_MODULE_1__.basename)(folder));
						if (!isOurs) {
							warn(
								`${JSON.stringify(folder)} is not a kubeconfig folder of create-cluster. Nothing was removed.`,
							);
							return;
						}
						try {
							await (0, node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.rm)(folder, {
								recursive: true,
								force: true,
							});
							console.log('The kubeconfig was removed.');
						} catch (error) {
							warn(`The kubeconfig folder "${folder}" could not be removed: ${error.message}`);
						}
					}
					function warn(text) {
						console.log(
							`::warning::${text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`,
						);
					}

					__webpack_async_result__();
				} catch (e) {
					__webpack_async_result__(e);
				}
			},
			1,
		);

		/***/
	},

	/******/
};
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
	/******/ // Check if module is in cache
	/******/ var cachedModule = __webpack_module_cache__[moduleId];
	/******/ if (cachedModule !== undefined) {
		/******/ return cachedModule.exports;
		/******/
	}
	/******/ // Create a new module (and put it into the cache)
	/******/ var module = (__webpack_module_cache__[moduleId] = {
		/******/ // no module.id needed
		/******/ // no module.loaded needed
		/******/ exports: {},
		/******/
	});
	/******/
	/******/ // Execute the module function
	/******/ var threw = true;
	/******/ try {
		/******/ __webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
		/******/ threw = false;
		/******/
	} finally {
		/******/ if (threw) delete __webpack_module_cache__[moduleId];
		/******/
	}
	/******/
	/******/ // Return the exports of the module
	/******/ return module.exports;
	/******/
}
/******/
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined')
	__nccwpck_require__.ab =
		decodeURIComponent(new URL('.', import.meta.url).pathname).slice(
			import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0,
			-1,
		) + '/';
/******/
/******/ /* webpack/runtime/async module */
/******/ (() => {
	/******/ var webpackQueues = typeof Symbol === 'function' ? Symbol('webpack queues') : '__webpack_queues__';
	/******/ var webpackExports =
		typeof Symbol === 'function' ? Symbol('webpack exports') : '__webpack_exports__';
	/******/ var webpackError = typeof Symbol === 'function' ? Symbol('webpack error') : '__webpack_error__';
	/******/ var resolveQueue = queue => {
		/******/ if (queue && queue.d < 1) {
			/******/ queue.d = 1;
			/******/ queue.forEach(fn => fn.r--);
			/******/ queue.forEach(fn => (fn.r-- ? fn.r++ : fn()));
			/******/
		}
		/******/
	};
	/******/ var wrapDeps = deps =>
		deps.map(dep => {
			/******/ if (dep !== null && typeof dep === 'object') {
				/******/ if (dep[webpackQueues]) return dep;
				/******/ if (dep.then) {
					/******/ var queue = [];
					/******/ queue.d = 0;
					/******/ dep.then(
						r => {
							/******/ obj[webpackExports] = r;
							/******/ resolveQueue(queue);
							/******/
						},
						e => {
							/******/ obj[webpackError] = e;
							/******/ resolveQueue(queue);
							/******/
						},
					);
					/******/ var obj = {};
					/******/ obj[webpackQueues] = fn => fn(queue);
					/******/ return obj;
					/******/
				}
				/******/
			}
			/******/ var ret = {};
			/******/ ret[webpackQueues] = x => {};
			/******/ ret[webpackExports] = dep;
			/******/ return ret;
			/******/
		});
	/******/ __nccwpck_require__.a = (module, body, hasAwait) => {
		/******/ var queue;
		/******/ hasAwait && ((queue = []).d = -1);
		/******/ var depQueues = new Set();
		/******/ var exports = module.exports;
		/******/ var currentDeps;
		/******/ var outerResolve;
		/******/ var reject;
		/******/ var promise = new Promise((resolve, rej) => {
			/******/ reject = rej;
			/******/ outerResolve = resolve;
			/******/
		});
		/******/ promise[webpackExports] = exports;
		/******/ promise[webpackQueues] = fn => (
			queue && fn(queue), depQueues.forEach(fn), promise['catch'](x => {})
		);
		/******/ module.exports = promise;
		/******/ body(
			deps => {
				/******/ currentDeps = wrapDeps(deps);
				/******/ var fn;
				/******/ var getResult = () =>
					currentDeps.map(d => {
						/******/ if (d[webpackError]) throw d[webpackError];
						/******/ return d[webpackExports];
						/******/
					});
				/******/ var promise = new Promise(resolve => {
					/******/ fn = () => resolve(getResult);
					/******/ fn.r = 0;
					/******/ var fnQueue = q =>
						q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn)));
					/******/ currentDeps.map(dep => dep[webpackQueues](fnQueue));
					/******/
				});
				/******/ return fn.r ? promise : getResult();
				/******/
			},
			err => (err ? reject((promise[webpackError] = err)) : outerResolve(exports), resolveQueue(queue)),
		);
		/******/ queue && queue.d < 0 && (queue.d = 0);
		/******/
	};
	/******/
})();
/******/
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
	/******/ // define getter functions for harmony exports
	/******/ __nccwpck_require__.d = (exports, definition) => {
		/******/ for (var key in definition) {
			/******/ if (__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
				/******/ Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
				/******/
			}
			/******/
		}
		/******/
	};
	/******/
})();
/******/
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
	/******/ __nccwpck_require__.o = (obj, prop) => Object.prototype.hasOwnProperty.call(obj, prop);
	/******/
})();
/******/
/************************************************************************/
/******/
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(414);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/
