// The app on Flex Consumption. Everything it signs in to, it does as the user-assigned identity.

import { Settings, Tags } from 'types.bicep'

param name string
param planName string
param location string
param tags Tags
param identityId string
param identityClientId string
param storageAccountName string
param packageContainerUri string
param tableServiceUri string
param vaultUri string
param deliverRotatedKeys bool
param deliveriesUri string
param appInsightsConnectionString string
param workspaceCustomerId string
param alwaysReadyInstances int
param maximumInstances int
param instanceMemoryMB int
param requestsPerInstance int
param updateStrategy string
param clientCertificates string
param subnetId string
param settings Settings

// The host reads and parses every body before the gateway sees it, so it must stop at the size at which the gateway would. But it answers with a
// bare 500: within the slack a body that is too large still gets the gateway's own 413.
var bodyBytes = int(settings.?RequestBody__MaxBytes ?? '8388608')
var bodySlackBytes = 1048576

var platformSettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: appInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AzureWebJobsDisableHomepage: 'true'
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__credential: 'managedidentity'
  AZURE_CLIENT_ID: identityClientId
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: string(bodyBytes + bodySlackBytes)
  // Workers of .NET 10 that were started ahead of the app crash: https://github.com/Azure/azure-functions-dotnet-worker/issues/3335
  WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED: '0'
}

// The references name no version: the newest counts, within 24 hours of a change.
var gatewaySettings = {
  AnomalyDetection__Schedule: '0 */5 * * * *'
  AnomalyDetection__Source: 'LogAnalytics'
  AnomalyDetection__WorkspaceId: workspaceCustomerId
  Authentication__ClientCertificates__Mode: clientCertificates
  KeyRotation__Schedule: '0 0 3 * * *'
  Authentication__HashKey: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/hash-key)'
  Management__Key: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/management-key)'
  Storage__TableServiceUri: tableServiceUri
}

var certificateSettings = clientCertificates == 'Require'
  ? { Authentication__ClientCertificates__TrustForwardedHeader: 'true' }
  : {}

var rotationSettings = deliverRotatedKeys ? { KeyRotation__KeyVaultUri: deliveriesUri } : {}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'gateway' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    // Without exceptions: where the front end asks nobody for a certificate, anybody could write the header that it passes them on in.
    clientCertEnabled: clientCertificates == 'Require'
    clientCertMode: 'Required'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      appSettings: [
        for setting in items(union(platformSettings, gatewaySettings, certificateSettings, rotationSettings, settings)): {
          name: setting.key
          value: string(setting.value)
        }
      ]
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyInstances }]
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: instanceMemoryMB
        triggers: { http: { perInstanceConcurrency: requestsPerInstance } }
      }
      // Resource Manager takes it from this version of the API on; the compiler's types have it in none yet.
      #disable-next-line BCP037
      siteUpdateStrategy: { type: updateStrategy }
    }
  }

  // Deployment signs in with Entra ID; no user name and password opens the app.
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

output id string = app.id
output url string = 'https://${app.properties.defaultHostName}'
