// An Azure OpenAI account with one model deployment, called with the app's identity; keys are off.

import { cognitiveServicesOpenAiUser } from 'roles.bicep'
import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param modelName string
param modelVersion string
param deploymentSku string
param capacity int
param principalId string

@description('Subnet of private endpoints. Empty: the account is reached by its public address.')
param endpointSubnetId string
param networkId string

var isPrivate = !empty(endpointSubnetId)

resource account 'Microsoft.CognitiveServices/accounts@2025-09-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: { name: 'S0' }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow' }
  }

  resource deployment 'deployments' = {
    name: modelName
    sku: {
      name: deploymentSku
      capacity: capacity
    }
    properties: {
      model: union({ format: 'OpenAI', name: modelName }, empty(modelVersion) ? {} : { version: modelVersion })
      versionUpgradeOption: 'OnceNewDefaultVersionAvailable'
    }
  }
}

resource user 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, principalId, cognitiveServicesOpenAiUser)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cognitiveServicesOpenAiUser)
    description: 'Calls the model.'
  }
}

module endpoint 'private-endpoint.bicep' = if (isPrivate) {
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    networkId: networkId
    resourceId: account.id
    groupId: 'account'
    zoneName: 'privatelink.openai.azure.com'
  }
  dependsOn: [account::deployment]
}

output baseUrl string = '${account.properties.endpoint}openai/v1'
