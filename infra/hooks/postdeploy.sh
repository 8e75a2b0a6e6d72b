#!/bin/sh
# Says how to make the first client.
set -eu

cat <<END

The gateway is at $GATEWAY_URL. Make the first client, and its key, which is shown this once:

  GATEWAY=$GATEWAY_URL
  KEY=\$(az keyvault secret show --vault-name $AZURE_KEY_VAULT_NAME --name management-key --query value --output tsv)
  ID=\$(curl -s \$GATEWAY/manage/clients -H "Authorization: Bearer \$KEY" -H "Content-Type: application/json" -d '{"name":"First","tier":"free"}' | grep -oE '"id":"[^"]+' | cut -d'"' -f4)
  curl -s -X POST \$GATEWAY/manage/clients/\$ID/keys -H "Authorization: Bearer \$KEY" -H "Content-Type: application/json" -d '{"expires_in_days":90}'

END
