// What bots keep, encrypted for nobody but the control plane. An account of its own: machines reach it and nothing else of storage, and once
// its container is locked it cannot be deleted, which should not be true of more than it has to be.
param name string
param location string
param tags { *: string }
param principalId string

param functionsSubnetId string
param machinesSubnetId string
param sku string

@description('How long a backup can be neither changed nor deleted, by anybody, counted from the last block.')
@minValue(1)
@maxValue(146000)
param lockDays int

@description('Owners download their backups from wherever they are, by an address that is a right to one archive for an hour. With false only the network of this deployment gets in.')
param downloads bool

@description('The operator has locked that for good. The account cannot be deleted any more while a young backup is in it.')
param locked bool

var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor: of the one container
var blobDelegator = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a' // Storage Blob Delegator: keys that addresses are signed with, which Azure gives for an account

resource account 'Microsoft.Storage/storageAccounts@2026-09-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'None'
      defaultAction: downloads ? 'Allow' : 'Deny'
      virtualNetworkRules: [{ id: functionsSubnetId, action: 'Allow' }, { id: machinesSubnetId, action: 'Allow' }]
    }
  }

  // No soft delete of blobs: the lock keeps those that are young, and what is deleted after it has to be gone.
  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      containerDeleteRetentionPolicy: { enabled: true, days: 14 }
      deleteRetentionPolicy: { enabled: false }
    }

    resource backups 'containers' = {
      name: 'backups'
      properties: { publicAccess: 'None' }

      // Whoever may change the account may change this too, until it is locked for good, which no template can do:
      //   az storage container immutability-policy lock --account-name <backups> -c backups --if-match <etag, from "show">
      // One that is locked takes no other from a template, so that one has to be told of it.
      resource policy 'immutabilityPolicies' = if (!locked) {
        name: 'default'
        properties: {
          immutabilityPeriodSinceCreationInDays: lockDays
          allowProtectedAppendWrites: true
        }
      }
    }
  }
}

resource content 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::backups
  name: guid(account::blobs::backups.id, principalId, blobContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
  }
}

resource signing 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, principalId, blobDelegator)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDelegator)
  }
}

resource kept 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: account
  name: 'keep'
  properties: { level: 'CanNotDelete', notes: 'Every backup is in here.' }
}
