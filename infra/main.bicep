targetScope = 'subscription'

import { Settings } from 'modules/types.bicep'

// Names and place

@description('Name of the azd environment. It is part of every name, so that several environments can share a subscription.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Azure region. It must offer Flex Consumption: az functionapp list-flexconsumption-locations.')
@metadata({ azd: { type: 'location' } })
param location string

// Size

@description('Instances that are kept running for requests. 0 costs nothing when idle; 1 spares callers the cold start.')
@minValue(0)
@maxValue(100)
param alwaysReadyInstances int = 0

@description('The most instances that the app may grow to.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Requests that one instance serves at the same time before another is added. They mostly wait for the model server.')
@minValue(1)
@maxValue(1000)
param requestsPerInstance int = 100

@description('How a deployment or a changed setting replaces running instances: RollingUpdate lets them finish their requests, streams too, while new ones start; Recreate ends them at once.')
@allowed(['RollingUpdate', 'Recreate'])
param updateStrategy string = 'RollingUpdate'

@description('Redundancy of the storage account. Standard_ZRS survives the loss of a zone where the region has zones.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_LRS'

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

// Options

@description('Makes an Azure OpenAI account with one model deployment and puts the gateway in front of it. Without it the built-in simulator answers until other upstreams are named in settings.')
param deployOpenAi bool = false

@description('The model to deploy: az cognitiveservices model list --location REGION.')
param openAiModelName string = 'gpt-5-mini'

@description('The model\'s version. Empty: the default one.')
param openAiModelVersion string = ''

@description('Kind of model deployment.')
param openAiDeploymentSku string = 'GlobalStandard'

@description('Its capacity in thousands of tokens per minute.')
@minValue(1)
param openAiCapacity int = 50

@description('Puts storage, vault and Azure OpenAI behind private endpoints in a virtual network and closes their public ones. The provider Microsoft.App must be registered in the subscription.')
param privateNetworking bool = false

@description('Address range of the virtual network, /16 to /22.')
param virtualNetworkPrefix string = '10.20.0.0/16'

@description('TLS client certificates: Off, or Require, of every caller. Only when the front end requires them can the header that it passes them on in be believed.')
@allowed(['Off', 'Require'])
param clientCertificates string = 'Off'

@description('Delivers successors of rotated keys to a vault of their own, as secret client-ID. The app writes there and nowhere else.')
param deliverRotatedKeys bool = true

@description('Where alerts are sent. Empty: they fire, but tell nobody.')
param alertEmail string = ''

@description('More settings of the gateway by their names, such as { InputGuard__Mode: \'Flag\' }. Secrets as Key Vault references only.')
param settings Settings = {}

@description('Takes back the vaults of an environment that was deleted: they cannot be purged for 90 days, and their names stay taken.')
param recoverVault bool = false

var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    retentionDays: logRetentionDays
    principalId: identity.outputs.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  scope: group
  params: {
    name: 'vnet-${token}'
    location: location
    tags: tags
    addressPrefix: virtualNetworkPrefix
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    sku: storageSku
    principalId: identity.outputs.principalId
    endpointSubnetId: network.?outputs.?endpointSubnetId ?? ''
    networkId: network.?outputs.?id ?? ''
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    recover: recoverVault
    principalId: identity.outputs.principalId
    writable: false
    workspaceId: monitoring.outputs.workspaceId
    endpointSubnetId: network.?outputs.?endpointSubnetId ?? ''
    networkId: network.?outputs.?id ?? ''
  }
}

// Apart, so that an app in wrong hands cannot change the keys that it is run with.
module deliveries 'modules/vault.bicep' = if (deliverRotatedKeys) {
  scope: group
  params: {
    name: 'kvd-${token}'
    location: location
    tags: tags
    recover: recoverVault
    principalId: identity.outputs.principalId
    writable: true
    workspaceId: monitoring.outputs.workspaceId
    endpointSubnetId: network.?outputs.?endpointSubnetId ?? ''
    networkId: network.?outputs.?id ?? ''
  }
  // Both set up the same DNS zone, one after the other.
  dependsOn: [vault]
}

module openAi 'modules/openai.bicep' = if (deployOpenAi) {
  scope: group
  params: {
    name: 'oai-${token}'
    location: location
    tags: tags
    modelName: openAiModelName
    modelVersion: openAiModelVersion
    deploymentSku: openAiDeploymentSku
    capacity: openAiCapacity
    principalId: identity.outputs.principalId
    endpointSubnetId: network.?outputs.?endpointSubnetId ?? ''
    networkId: network.?outputs.?id ?? ''
  }
}

var openAiSettings = deployOpenAi
  ? {
      Upstreams__0__Name: 'azure-openai'
      Upstreams__0__Kind: 'AzureOpenAI'
      Upstreams__0__BaseUrl: openAi.?outputs.?baseUrl ?? ''
      Upstreams__0__Models__0: openAiModelName
    }
  : {}

module app 'modules/function-app.bicep' = {
  scope: group
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    packageContainerUri: storage.outputs.packageContainerUri
    tableServiceUri: storage.outputs.tableServiceUri
    vaultUri: vault.outputs.uri
    deliverRotatedKeys: deliverRotatedKeys
    deliveriesUri: deliveries.?outputs.?uri ?? ''
    appInsightsConnectionString: monitoring.outputs.connectionString
    workspaceCustomerId: monitoring.outputs.workspaceCustomerId
    alwaysReadyInstances: alwaysReadyInstances
    maximumInstances: maximumInstances
    instanceMemoryMB: instanceMemoryMB
    requestsPerInstance: requestsPerInstance
    updateStrategy: updateStrategy
    clientCertificates: clientCertificates
    subnetId: network.?outputs.?appSubnetId ?? ''
    settings: union(openAiSettings, settings)
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
  }
}

@description('Region of the deployment.')
output AZURE_LOCATION string = location

@description('Resource group of the deployment.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Vault with the management key.')
output AZURE_KEY_VAULT_NAME string = vault.outputs.name

@description('The vault\'s resource id.')
output AZURE_KEY_VAULT_ID string = vault.outputs.id

@description('Vault that successors of rotated keys are delivered to. Empty: there is none.')
output AZURE_DELIVERIES_KEY_VAULT_NAME string = deliveries.?outputs.?name ?? ''

@description('The Function App\'s resource id.')
output FUNCTION_APP_ID string = app.outputs.id

@description('The gateway\'s address.')
output GATEWAY_URL string = app.outputs.url
