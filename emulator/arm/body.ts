import type { AzureCloud } from '../azure-clouds.ts';
import { isObject, type JsonObject } from '../http/json.ts';
import { ArmError } from './errors.ts';
import { locationName } from './locations.ts';

/** Empty if it is not an object. */
export function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * @throws ArmError 400 if the tags exceed Azure's limits or are not strings
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
 * @param type `Microsoft.KeyVault/vaults`
 * @returns `eastus`
 * @throws ArmError 400 if it is missing or unknown to the cloud
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
