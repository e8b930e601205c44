// The bots' images. They are public software without secrets, signed; machines pull them without an account.
param name string
param location string
param tags { *: string }
param operatorId string

var push = '8311e382-0749-4cb8-b61a-304f252e45ec' // AcrPush

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: true
  }
}

resource operator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, operatorId, push)
  properties: {
    principalId: operatorId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', push)
  }
}
