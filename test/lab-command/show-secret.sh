# Prints the secret that a run has written into its vault. Even the owner of the subscription needs a role to read it, because
# the vault uses Azure RBAC.
set -euo pipefail

vault=$(az keyvault list --query '[].id' --output tsv)
user=$(az ad signed-in-user show --query id --output tsv)
az role assignment create --role 'Key Vault Secrets User' --scope "$vault" --output none \
  --assignee-object-id "$user" --assignee-principal-type User

# The assignment takes effect later.
until az keyvault secret show --vault-name "${vault##*/}" --name Secret --query value --output tsv; do sleep 1; done
