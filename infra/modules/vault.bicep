// A vault. One holds the management key, the key of stored hashes and what upstreams need: the app reads it, and the post-provision hook and
// operators write it. Another, if wanted, is for successors of rotated keys, and the only one that the app writes. No secret passes through this deployment.

import { keyVaultSecretsOfficer, keyVaultSecretsUser } from 'roles.bicep'
import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param recover bool
param principalId string

@description('Whether the app delivers rotated keys to it. It may read and write all secrets then, so nothing else belongs there.')
param writable bool
param workspaceId string

@description('Subnet of private endpoints. Empty: the vault is reached by its public address.')
param endpointSubnetId string
param networkId string

var isPrivate = !empty(endpointSubnetId)
var role = writable ? keyVaultSecretsOfficer : keyVaultSecretsUser

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    createMode: recover ? 'recover' : 'default'
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

resource secrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, role)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    description: writable ? 'Delivers rotated keys.' : 'Reads its secrets.'
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

module endpoint 'private-endpoint.bicep' = if (isPrivate) {
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    networkId: networkId
    resourceId: vault.id
    groupId: 'vault'
    zoneName: 'privatelink.vaultcore.azure.net'
  }
}

output name string = vault.name
output id string = vault.id
output uri string = vault.properties.vaultUri
