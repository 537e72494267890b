# What a team has before it reads our README: a cluster, an identity, a vault with a secret, and a workload that reads it.
# The identity has its role, but no service account is federated with it.
set -euo pipefail

az group create --name team-clusters --location eastus --output none
az group create --name team-apps --location eastus --output none
az acr create --name teamimages --resource-group team-apps --sku Standard --output none
az acr build --registry teamimages --image orders:1 --no-logs --output none .
az aks create --name staging --resource-group team-clusters --location eastus --node-count 1 --no-ssh-key \
  --attach-acr teamimages --output none
az aks get-credentials --name staging --resource-group team-clusters --file "$TMPDIR/kubeconfig"

az identity create --name orders --resource-group team-apps --location eastus --output none
principal=$(az identity show --name orders --resource-group team-apps --query principalId --output tsv)
az keyvault create --name team-orders --resource-group team-apps --location eastus --output none
vault=$(az keyvault show --name team-orders --query id --output tsv)
az role assignment create --role 'Key Vault Secrets Officer' --scope "$vault" --output none \
  --assignee-object-id "$(az ad signed-in-user show --query id --output tsv)" --assignee-principal-type User
az role assignment create --role 'Key Vault Secrets User' --scope "$vault" --output none \
  --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal
for attempt in 1 2 3 4 5 6; do
  az keyvault secret set --vault-name team-orders --name database --value "$RANDOM$RANDOM" --output none && break
  sleep "$attempt"
done

# The workload waits for its credential: it is annotated and labelled, and its pod runs.
client=$(az identity show --name orders --resource-group team-apps --query clientId --output tsv)
export KUBECONFIG="$TMPDIR/kubeconfig"
kubectl create namespace shop
kubectl create serviceaccount orders --namespace shop
kubectl annotate serviceaccount orders --namespace shop "azure.workload.identity/client-id=$client"
kubectl run orders --namespace shop --labels azure.workload.identity/use=true --image teamimages.azurecr.io/orders:1 \
  --env KEY_VAULT_NAME=team-orders --env SECRET_NAME=database \
  --overrides '{"spec": {"serviceAccountName": "orders"}}'
kubectl wait --for condition=Ready pod/orders --namespace shop --timeout 120s
