# The walkthrough's commands with two corrections: --enable-rbac-authorization false on the vault, and one tag for the
# image. A line "== NAME" precedes the output of each.
set -euo pipefail

RG=WorkloadIdentityRG
LOC=eastus
CLUSTER_NAME=wilab
UNIQUE_ID=$CLUSTER_NAME$RANDOM
ACR_NAME=$UNIQUE_ID
KEY_VAULT_NAME=$UNIQUE_ID
echo "== unique id"
echo "$UNIQUE_ID"

# Cluster
echo "== group create"
az group create -g $RG -l $LOC

echo "== aks create"
az aks create -g $RG -n $CLUSTER_NAME \
  --node-count 1 \
  --enable-oidc-issuer \
  --enable-workload-identity \
  --generate-ssh-keys

echo "== aks get-credentials"
az aks get-credentials -g $RG -n $CLUSTER_NAME

echo "== get nodes"
kubectl get nodes

# Identity
echo "== issuer"
AKS_OIDC_ISSUER="$(az aks show -n $CLUSTER_NAME -g $RG --query "oidcIssuerProfile.issuerUrl" -otsv)"
echo "$AKS_OIDC_ISSUER"

echo "== identity create"
az identity create --name wi-demo-identity --resource-group $RG --location $LOC

echo "== identity show"
USER_ASSIGNED_CLIENT_ID=$(az identity show --resource-group $RG --name wi-demo-identity --query 'clientId' -o tsv)
echo "$USER_ASSIGNED_CLIENT_ID"

echo "== apply service account"
cat <<EOT | kubectl apply -f -
apiVersion: v1
kind: ServiceAccount
metadata:
  annotations:
    azure.workload.identity/client-id: ${USER_ASSIGNED_CLIENT_ID}
  labels:
    azure.workload.identity/use: "true"
  name: wi-demo-sa
  namespace: default
EOT

echo "== federated-credential create"
az identity federated-credential create \
  --name wi-demo-federated-id \
  --identity-name wi-demo-identity \
  --resource-group $RG \
  --issuer "${AKS_OIDC_ISSUER}" \
  --subject system:serviceaccount:default:wi-demo-sa

# Vault and secret
echo "== keyvault create"
az keyvault create --name "$KEY_VAULT_NAME" --resource-group $RG --location $LOC --enable-rbac-authorization false

echo "== signed-in user"
USER_ID=$(az ad signed-in-user show --query id -o tsv)
echo "$USER_ID"

echo "== set-policy for the user"
az keyvault set-policy -n "$KEY_VAULT_NAME" --certificate-permissions get --object-id "$USER_ID"

echo "== secret set"
az keyvault secret set --vault-name "$KEY_VAULT_NAME" --name "Secret" --value "Hello"

echo "== set-policy for the identity"
az keyvault set-policy --name "$KEY_VAULT_NAME" --secret-permissions get --spn "${USER_ASSIGNED_CLIENT_ID}"

# Image
echo "== acr create"
az acr create -g $RG -n "$ACR_NAME" --sku Standard

echo "== acr build"
az acr build -t wi-kv-test:1.0 -r "$ACR_NAME" .

echo "== attach-acr"
az aks update -g $RG -n $CLUSTER_NAME --attach-acr "$ACR_NAME"

# Pod
echo "== apply pod"
cat <<EOT | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata:
  name: wi-kv-test
  namespace: default
  labels:
    azure.workload.identity/use: "true"
spec:
  serviceAccountName: wi-demo-sa
  containers:
    - image: ${ACR_NAME}.azurecr.io/wi-kv-test:1.0
      imagePullPolicy: Always
      name: wi-kv-test
      env:
      - name: KEY_VAULT_NAME
        value: ${KEY_VAULT_NAME}
      - name: SECRET_NAME
        value: Secret
  nodeSelector:
    kubernetes.io/os: linux
EOT

echo "== wait"
kubectl wait --for=condition=Ready pod/wi-kv-test --timeout=120s

# A follower does not end by itself: it is left as soon as it has shown the value.
echo "== logs"
sed '/^Secret value: /q' < <(timeout 120 kubectl logs -f wi-kv-test)

echo "== describe"
kubectl describe pod wi-kv-test

# What is not in the walkthrough: cleaning up.
echo "== group delete"
az group delete -n $RG --yes
az group exists -n $RG
