import type { AzureCloud } from '../azure-clouds.ts';
import { isObject, type JsonObject } from '../http/json.ts';
import { ArmError } from './errors.ts';
import { locationName } from './locations.ts';

/** The member if it is an object, otherwise an empty object. */
export function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The member if it is a string. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * Reads the tags of a body.
 * @returns an empty object if the body has none
 * @throws ArmError 400 if they exceed Azure's limits or are not strings
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
 */
export function tagsOf(body: JsonObject): Record<string, string> {
  const { tags } = body;
  if (tags === undefined || tags === null) return {};
  if (!isObject(tags)) throw invalidContent("The 'tags' property must be an object.");
  const entries = Object.entries(tags);
  if (entries.length > 50) {
    throw new ArmError(
      400,
      'TooManyTags',
      `The number of tags '${entries.length}' exceeds the maximum of '50' tags.`,
    );
  }
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (typeof value !== 'string') throw invalidContent(`The value of the tag '${name}' must be a string.`);
      if (name.length > 512 || /[<>%&\\?/]/.test(name)) {
        throw new ArmError(400, 'InvalidTagNameCharacters', `The tag name '${name}' is invalid.`);
      }
      if (value.length > 256) {
        throw new ArmError(
          400,
          'InvalidTagValueLength',
          `The tag value is too long for the tag '${name}'. The maximum allowed length is '256' characters.`,
        );
      }
      return [name, value];
    }),
  );
}

/**
 * Reads the region of a body, normalized to `eastus`.
 * @param type the type of the new resource: `Microsoft.KeyVault/vaults`
 * @throws ArmError 400 if it is missing, or the cloud does not have it
 */
export function locationOf(cloud: AzureCloud, body: JsonObject, type: string): string {
  const location = text(body.location);
  if (!location) {
    throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const name = locationName(cloud, location);
  if (!name) {
    throw new ArmError(
      400,
      'LocationNotAvailableForResourceType',
      `The provided location '${location}' is not available for resource type '${type}'.`,
    );
  }
  return name;
}

export function invalidContent(reason: string): ArmError {
  return new ArmError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: '${reason}'.`,
  );
}
