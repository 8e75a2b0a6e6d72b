#!/bin/sh
# Makes the vault's two secrets, once; lets the app see them; and lets whoever deploys read the management key.
# The secrets go through Azure Resource Manager, so that neither a role in the vault nor a way to its private endpoint is needed.
set -eu
umask 077

for tool in az openssl; do
  command -v "$tool" >/dev/null || { echo "postprovision: $tool is missing" >&2; exit 1; }
done

body=$(mktemp)
trap 'rm -f "$body"' EXIT

# Never a second time: with a new hash key every key that was issued would stop working.
create_secret() {
  url="$AZURE_KEY_VAULT_ID/secrets/$1?api-version=2024-11-01"
  if answer=$(az rest --method get --url "$url" --output none 2>&1); then
    echo "postprovision: $1 is kept"
    return
  fi
  case $answer in
    *SecretNotFound* | *"Not Found"*) ;;
    *)
      echo "postprovision: $1 could not be looked up: $answer" >&2
      exit 1
      ;;
  esac
  printf '{"properties":{"value":"%s"}}' "$(openssl rand -hex 32)" >"$body"
  az rest --method put --url "$url" --body "@$body" --output none
  echo "postprovision: $1 is made"
}

create_secret hash-key
create_secret management-key

# For this one secret only. Who may not assign roles has it done by somebody who may.
if [ -n "${AZURE_PRINCIPAL_ID:-}" ]; then
  az role assignment create --assignee-object-id "$AZURE_PRINCIPAL_ID" --assignee-principal-type "${AZURE_PRINCIPAL_TYPE:-User}" \
    --role 'Key Vault Secrets User' --scope "$AZURE_KEY_VAULT_ID/secrets/management-key" --output none ||
    echo "postprovision: $AZURE_PRINCIPAL_ID was not given access to the management key; assign Key Vault Secrets User on it" >&2
fi

# The platform looks references up once a day; these two did not exist when it did, and the app's role may be minutes old.
references="$FUNCTION_APP_ID/config/configreferences/appsettings"
attempt=1
while :; do
  az rest --method post --url "$references/refresh?api-version=2022-03-01" --output none || :
  open=$(az rest --method get --url "$references?api-version=2022-03-01" --query "length(value[?properties.status != 'Resolved'])" --output tsv) || open=unknown
  [ "$open" != 0 ] || break
  if [ "$attempt" -ge 30 ]; then
    echo "postprovision: the app cannot read its secrets yet ($open references); run azd provision again" >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep "${RETRY_SECONDS:-10}"
done
