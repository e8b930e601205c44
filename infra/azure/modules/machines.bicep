// The group that tenants' machines come and go in, with the zone of their names: the only place where the control plane changes resources.
param domain string
param tags { *: string }
param principalId string
param roleId string

resource zone 'Microsoft.Network/dnsZones@2018-05-01' = {
  name: domain
  location: 'global'
  tags: tags
}

resource controlPlane 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, roleId)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleId
  }
}

output nameServers string[] = zone.properties.nameServers
