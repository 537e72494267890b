# Prints the secret that a run has written into its vault, as the owner of the subscription reads it: Azure RBAC decides about
# the vault's content, so even an owner first needs a role for it.
set -euo pipefail

vault=$(az keyvault list --query '[].id' --output tsv)
user=$(az ad signed-in-user show --query id --output tsv)
az role assignment create --role 'Key Vault Secrets User' --scope "$vault" --output none \
  --assignee-object-id "$user" --assignee-principal-type User

# The assignment is not seen at once.
until az keyvault secret show --vault-name "${vault##*/}" --name Secret --query value --output tsv; do sleep 1; done
