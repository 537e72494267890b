import { registerHooks } from 'node:module';

// @actions/workflow-parser imports JSON schemas without the attribute that Node requires.
// https://github.com/actions/languageservices
registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    return resolved.url.endsWith('.json')
      ? { ...resolved, format: 'json', importAttributes: { type: 'json' } }
      : resolved;
  },
});

// A static import would load before the hook is registered.
const [workflows, actions, contexts, schema, conditions] = await Promise.all([
  import('@actions/workflow-parser'),
  import('@actions/workflow-parser/actions/index'),
  import('@actions/workflow-parser/templates/template-context'),
  import('@actions/workflow-parser/workflows/workflow-schema'),
  import('@actions/workflow-parser/model/converter/if-condition'),
]);

export const { parseWorkflow, convertWorkflowTemplate, isMapping, isSequence, isScalar, isString } =
  workflows;
export const { isBasicExpression, isBoolean, isNumber, NoOperationTraceWriter } = workflows;
export const { parseAction, convertActionTemplate } = actions;
export const { TemplateContext, TemplateValidationErrors } = contexts;
export const { getWorkflowSchema } = schema;
export const { ensureStatusFunction } = conditions;
