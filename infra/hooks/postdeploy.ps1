# Says how to make the first client.
$ErrorActionPreference = 'Stop'

Write-Host @"

The gateway is at $($env:GATEWAY_URL). Make the first client, and its key, which is shown this once:

  `$gateway = '$($env:GATEWAY_URL)'
  `$key = az keyvault secret show --vault-name $($env:AZURE_KEY_VAULT_NAME) --name management-key --query value --output tsv
  `$call = @{ Method = 'Post'; Headers = @{ Authorization = "Bearer `$key" }; ContentType = 'application/json' }
  `$client = Invoke-RestMethod @call -Uri "`$gateway/manage/clients" -Body '{"name":"First","tier":"free"}'
  Invoke-RestMethod @call -Uri "`$gateway/manage/clients/`$(`$client.id)/keys" -Body '{"expires_in_days":90}'

"@
