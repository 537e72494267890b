# The vault of the original walkthrough. Its set-policy is the last command, so its exit code is that of the script.
set -euo pipefail

az group create -g WorkloadIdentityRG -l eastus
KEY_VAULT_NAME=wilab$RANDOM
az keyvault create --name "$KEY_VAULT_NAME" --resource-group WorkloadIdentityRG --location eastus
USER_ID=$(az ad signed-in-user show --query id -o tsv)
echo "== set-policy"
az keyvault set-policy -n "$KEY_VAULT_NAME" --certificate-permissions get --object-id "$USER_ID"
