import { json, type Reply } from '../../http/service.ts';
import { sevenDecimals } from '../../timestamps.ts';
import { object, text } from '../body.ts';
import type { ArmContext } from '../context.ts';
import { ArmError } from '../errors.ts';
import type { ArmRequest } from '../provider.ts';
import { isWithin, nameOf } from '../resource-id.ts';
import type { ConditionAttributes, PrincipalType, RoleAssignment } from './authorization.ts';
import { findRoleDefinition, type RoleDefinition, roleDefinitions } from './role-definitions.ts';

const guidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** First API version with conditions. */
const conditionsSince = '2022-04-01';
const attributePrefix = 'Microsoft.Authorization/roleAssignments:';

export interface ScopedRequest extends ArmRequest {
  /** ARM ID; empty for the tenant. */
  readonly scope: string;
}

export class RoleProvider {
  readonly namespace = 'Microsoft.Authorization';
  readonly #context: ArmContext;

  constructor(context: ArmContext) {
    this.#context = context;
  }

  conditionAttributes({ method, id, body }: ScopedRequest): ConditionAttributes {
    if (id.type !== 'roleAssignments') return {};
    if (method === 'PUT') {
      const { roleDefinitionId, principalId, principalType } = object(body.properties);
      return {
        request: attributes(nameOf(text(roleDefinitionId) ?? ''), text(principalId), text(principalType)),
      };
    }
    const existing = this.#context.authorization.find(id.text);
    if (!existing) return {};
    return { resource: attributes(existing.roleId, existing.principalId, existing.principalType) };
  }

  /** @see https://learn.microsoft.com/rest/api/authorization/permissions */
  listPermissions({ caller, scope, apiVersion }: ScopedRequest): Reply {
    const value = this.#context.authorization
      .permissions(caller.objectId, scope)
      .map(({ condition, conditionVersion, ...plain }) =>
        apiVersion >= conditionsSince ? { ...plain, condition, conditionVersion } : plain,
      );
    return json(200, { value });
  }

  listDefinitions({ query, scope }: ScopedRequest): Reply {
    const filter = query.get('$filter') ?? '';
    const roleName = /roleName\s+eq\s+'((?:[^']|'')*)'/i
      .exec(filter)?.[1]
      ?.replaceAll("''", "'")
      .toLowerCase();
    const type = /type\s+eq\s+'(\w+)'/i.exec(filter)?.[1]?.toLowerCase();
    const value = roleDefinitions
      .filter(({ roleName: name }) => roleName === undefined || name.toLowerCase() === roleName)
      .filter(() => type === undefined || type === 'builtinrole')
      .map(definition => this.#definitionBody(definition, scope));
    return json(200, { value });
  }

  getDefinition({ id, scope }: ScopedRequest): Reply {
    const definition = findRoleDefinition(id.text);
    if (!definition) throw roleDefinitionMissing(id.names[0]!);
    return json(200, this.#definitionBody(definition, scope));
  }

  #definitionBody({ id, roleName, permissions }: RoleDefinition, scope: string): object {
    return {
      properties: {
        roleName,
        type: 'BuiltInRole',
        description: null,
        assignableScopes: ['/'],
        permissions,
        createdOn: null,
        updatedOn: null,
        createdBy: null,
        updatedBy: null,
      },
      id: this.#definitionId(id, scope),
      type: 'Microsoft.Authorization/roleDefinitions',
      name: id,
    };
  }

  /** Azure puts definitions below the subscription, for every scope. */
  #definitionId(id: string, scope: string): string {
    const subscription =
      scope === '' || scope === '/' ? '' : `/subscriptions/${this.#context.subscriptionId}`;
    return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
  }

  /**
   * Default: at, above, and below the scope. `atScope()`: at and above.
   * @see https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
   */
  listAssignments({ query, scope }: ScopedRequest): Reply {
    const filter = query.get('$filter') ?? '';
    const principal = /(?:principalId\s+eq\s+|assignedTo\()'?([\da-f-]{36})'?/i
      .exec(filter)?.[1]
      ?.toLowerCase();
    const known = filter.replace(
      /(atScope\(\)|principalId\s+eq\s+'?[\da-f-]{36}'?|assignedTo\('?[\da-f-]{36}'?\)|\band\b)/gi,
      '',
    );
    if (known.trim() !== '') {
      throw new ArmError(400, 'UnsupportedQuery', `The filter '${filter}' is not supported.`);
    }
    const below = !/atScope\(\)/i.test(filter);
    const value = this.#context.authorization
      .list()
      .filter(a => isWithin(scope, a.scope) || (below && isWithin(a.scope, scope)))
      .filter(a => principal === undefined || a.principalId.toLowerCase() === principal)
      .map(a => this.#assignmentBody(a));
    return json(200, { value });
  }

  getAssignment({ id }: ScopedRequest): Reply {
    const assignment = this.#context.authorization.find(id.text);
    if (!assignment) {
      throw new ArmError(404, 'RoleAssignmentNotFound', `The role assignment '${id.names[0]}' is not found.`);
    }
    return json(200, this.#assignmentBody(assignment));
  }

  deleteAssignment({ id }: ScopedRequest): Reply {
    const assignment = this.#context.authorization.find(id.text);
    if (!assignment) return { status: 204 };
    this.#context.authorization.remove(assignment.id);
    return json(200, this.#assignmentBody(assignment));
  }

  putAssignment({ id, scope, body, caller }: ScopedRequest): Reply {
    const name = id.names[0]!;
    if (!guidPattern.test(name)) {
      throw new ArmError(
        400,
        'InvalidRoleAssignmentId',
        `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
      );
    }
    const properties = object(body.properties);
    const roleDefinitionId = text(properties.roleDefinitionId);
    const principalId = text(properties.principalId)?.toLowerCase();
    if (!roleDefinitionId || !principalId) {
      throw new ArmError(
        400,
        'InvalidRequestContent',
        "The request content is invalid: 'roleDefinitionId' and 'principalId' are required.",
      );
    }
    const role = findRoleDefinition(roleDefinitionId);
    if (!role) throw roleDefinitionMissing(nameOf(roleDefinitionId));
    const principalType = this.#checkPrincipal(principalId, text(properties.principalType));

    const { authorization } = this.#context;
    const same = authorization
      .list()
      .find(
        a =>
          a.principalId === principalId &&
          a.roleId === role.id &&
          isWithin(a.scope, scope) &&
          isWithin(scope, a.scope),
      );
    const ofThatName = authorization.find(id.text);
    if (same && same !== ofThatName) {
      throw new ArmError(
        409,
        'RoleAssignmentExists',
        `The role assignment already exists. The ID of the existing role assignment is ${same.name.replaceAll('-', '')}.`,
      );
    }
    if (ofThatName && !same) {
      throw new ArmError(
        400,
        'RoleAssignmentUpdateNotPermitted',
        'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      );
    }
    if (ofThatName) authorization.remove(ofThatName.id);
    const assignment = authorization.assign({
      id: id.text,
      name: name.toLowerCase(),
      scope,
      roleId: role.id,
      principalId,
      principalType,
      condition: text(properties.condition) ?? null,
      conditionVersion: text(properties.conditionVersion) ?? null,
      description: text(properties.description) ?? null,
      createdOn: ofThatName?.createdOn ?? new Date(),
      createdBy: caller.objectId,
      effectiveAt:
        ofThatName?.effectiveAt ?? Date.now() + this.#context.latency.of('role assignment propagation'),
    });
    this.#context.log(
      `arm: ${role.roleName} to ${principalId} on ${scope}, effective in ${assignment.effectiveAt - Date.now()} ms`,
    );
    // As captured: only the 201 response has no creator.
    const created = this.#assignmentBody(assignment);
    return ofThatName
      ? json(200, created)
      : json(201, { ...created, properties: { ...created.properties, createdBy: null } });
  }

  #checkPrincipal(principalId: string, claimed: string | undefined): PrincipalType {
    const principal = this.#context.directory.findByObjectId(principalId);
    if (!principal) {
      throw new ArmError(
        400,
        'PrincipalNotFound',
        `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${this.#context.tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
      );
    }
    const actual: PrincipalType = principal.kind === 'User' ? 'User' : 'ServicePrincipal';
    if (claimed !== undefined && claimed.toLowerCase() !== actual.toLowerCase()) {
      // The misspelling is Azure's.
      throw new ArmError(
        400,
        'UnmatchedPrincipalType',
        `The PrincipalId '${principalId.replaceAll('-', '')}' has type '${actual}' , which is different from specified PrinciaplType '${claimed}'.`,
      );
    }
    return actual;
  }

  #assignmentBody(assignment: RoleAssignment) {
    const { id, name, scope, roleId, principalId, principalType, createdOn, createdBy } = assignment;
    const { condition, conditionVersion, description } = assignment;
    return {
      properties: {
        roleDefinitionId: this.#definitionId(roleId, scope),
        principalId,
        principalType,
        scope: scope === '' ? '/' : scope,
        condition,
        conditionVersion,
        createdOn: sevenDecimals(createdOn),
        updatedOn: sevenDecimals(createdOn),
        createdBy,
        updatedBy: createdBy,
        delegatedManagedIdentityResourceId: null,
        description,
      },
      id,
      type: 'Microsoft.Authorization/roleAssignments',
      name,
    };
  }
}

function attributes(roleId: string, principalId?: string, principalType?: string): Record<string, string> {
  return {
    [`${attributePrefix}RoleDefinitionId`]: roleId,
    ...(principalId !== undefined && { [`${attributePrefix}PrincipalId`]: principalId }),
    ...(principalType !== undefined && { [`${attributePrefix}PrincipalType`]: principalType }),
  };
}

function roleDefinitionMissing(id: string): ArmError {
  return new ArmError(
    404,
    'RoleDefinitionDoesNotExist',
    `The specified role definition with ID '${id.replaceAll('-', '')}' does not exist.`,
  );
}
