# Creates the existing resources of a team: a cluster, an identity, a vault with a secret, and a workload that reads it.
# The identity has its role, but no federated credential.
# CONTEXT is the directory of the workload's image.
set -euo pipefail

az group create --name team-clusters --location eastus --output none
az group create --name team-apps --location eastus --output none

az acr create --name teamimages --resource-group team-apps --sku Standard --output none
az acr build --registry teamimages --image orders:1 --no-logs --output none "$CONTEXT"
az aks create --name staging --resource-group team-clusters --location eastus --node-count 1 --no-ssh-key \
  --enable-oidc-issuer --enable-workload-identity --output none
az role assignment create --role AcrPull --scope "$(az acr show --name teamimages --query id --output tsv)" --output none \
  --assignee-principal-type ServicePrincipal --assignee-object-id "$(az aks show --name staging \
    --resource-group team-clusters --query identityProfile.kubeletidentity.objectId --output tsv)"

az identity create --name orders --resource-group team-apps --location eastus --output none
identity() { az identity show --name orders --resource-group team-apps --query "$1" --output tsv; }
az keyvault create --name team-orders --resource-group team-apps --location eastus --output none
grant() {
  az role assignment create --role "$1" --scope "$(az keyvault show --name team-orders --query id --output tsv)" \
    --assignee-object-id "$2" --assignee-principal-type ServicePrincipal --output none
}
caller=$(az account get-access-token --query accessToken --output tsv |
  node --eval 'const token = require("node:fs").readFileSync(0, "utf8");
    console.log(JSON.parse(Buffer.from(token.split(".")[1], "base64url")).oid)')
grant 'Key Vault Secrets Officer' "$caller"
grant 'Key Vault Secrets User' "$(identity principalId)"
for attempt in 1 2 3 4 5 6; do
  az keyvault secret set --vault-name team-orders --name database --value "$RANDOM$RANDOM" --output none && break
  sleep "$attempt"
done

# The workload only lacks the credential: the annotation and the label exist, and its pod runs.
export KUBECONFIG="$RUNNER_TEMP/kubeconfig"
az aks get-credentials --name staging --resource-group team-clusters --file "$KUBECONFIG"
kubectl create namespace shop
kubectl create serviceaccount orders --namespace shop
kubectl annotate serviceaccount orders --namespace shop "azure.workload.identity/client-id=$(identity clientId)"
kubectl run orders --namespace shop --labels azure.workload.identity/use=true --image teamimages.azurecr.io/orders:1 \
  --env KEY_VAULT_NAME=team-orders --env SECRET_NAME=database \
  --overrides '{"spec": {"serviceAccountName": "orders"}}'
