param networkName string
param principalId string
param roleId string

resource network 'Microsoft.Network/virtualNetworks@2026-03-01' existing = {
  name: networkName

  resource machines 'subnets' existing = { name: 'machines' }
}

resource controlPlane 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: network::machines
  name: guid(network::machines.id, principalId, roleId)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleId
  }
}
