# Makes the vault's two secrets, once; lets the app see them; and lets whoever deploys read the management key.
# The secrets go through Azure Resource Manager, so that neither a role in the vault nor a way to its private endpoint is needed.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
    throw 'postprovision: az is missing'
}

# Never a second time: with a new hash key every key that was issued would stop working.
function New-Secret([string] $name) {
    $url = "$($env:AZURE_KEY_VAULT_ID)/secrets/$($name)?api-version=2024-11-01"
    $answer = az rest --method get --url $url --output none 2>&1 | Out-String
    if ($LASTEXITCODE -eq 0) {
        Write-Host "postprovision: $name is kept"
        return
    }

    if ($answer -notmatch 'SecretNotFound|Not Found') {
        throw "postprovision: $name could not be looked up: $answer"
    }

    $body = New-TemporaryFile
    try {
        $value = [Convert]::ToHexString([Security.Cryptography.RandomNumberGenerator]::GetBytes(32)).ToLowerInvariant()
        Set-Content -Path $body -Value "{`"properties`":{`"value`":`"$value`"}}" -NoNewline
        az rest --method put --url $url --body "@$body" --output none
        if ($LASTEXITCODE -ne 0) {
            throw "postprovision: $name could not be made"
        }
    }
    finally {
        Remove-Item -Path $body -Force
    }

    Write-Host "postprovision: $name is made"
}

New-Secret 'hash-key'
New-Secret 'management-key'

# For this one secret only. Who may not assign roles has it done by somebody who may.
if ($env:AZURE_PRINCIPAL_ID) {
    $kind = if ($env:AZURE_PRINCIPAL_TYPE) { $env:AZURE_PRINCIPAL_TYPE } else { 'User' }
    az role assignment create --assignee-object-id $env:AZURE_PRINCIPAL_ID --assignee-principal-type $kind `
        --role 'Key Vault Secrets User' --scope "$($env:AZURE_KEY_VAULT_ID)/secrets/management-key" --output none
    if ($LASTEXITCODE -ne 0) {
        Write-Warning "postprovision: $($env:AZURE_PRINCIPAL_ID) was not given access to the management key; assign Key Vault Secrets User on it"
    }
}

# The platform looks references up once a day; these two did not exist when it did, and the app's role may be minutes old.
$references = "$($env:FUNCTION_APP_ID)/config/configreferences/appsettings"
for ($attempt = 1; ; $attempt++) {
    az rest --method post --url "$references/refresh?api-version=2022-03-01" --output none
    $open = az rest --method get --url "$($references)?api-version=2022-03-01" --query "length(value[?properties.status != 'Resolved'])" --output tsv
    if ($LASTEXITCODE -eq 0 -and $open -eq '0') {
        break
    }

    if ($attempt -ge 30) {
        throw 'postprovision: the app cannot read its secrets yet; run azd provision again'
    }

    Start-Sleep -Seconds 10
}
