/** How Resource Manager lists resources; tests make its cache late, and its pages short. */
export class ResourceLists {
  /** Resources on one page. */
  pageSize = 1000;
  /** Names of resources that the cache does not know yet. */
  unseen: readonly string[] = [];
}
