// What the control plane may do with machines, and no built-in role says: Virtual Machine Contributor would also let it run commands
// inside a tenant's machine, put extensions on it and take its disks out; Network and DNS Zone Contributor, rewrite the firewall and the zone.
targetScope = 'subscription'

param prefix string

@description('The groups that the roles can be given in.')
param scopes string[]

resource machines 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, prefix, 'machines')
  properties: {
    roleName: '${prefix} machines'
    description: 'Makes, watches and deletes machines, and names them.'
    type: 'CustomRole'
    assignableScopes: scopes
    permissions: [
      {
        actions: [
          'Microsoft.Compute/virtualMachines/read'
          'Microsoft.Compute/virtualMachines/write'
          'Microsoft.Compute/virtualMachines/delete'
          'Microsoft.Compute/virtualMachines/instanceView/read'
          'Microsoft.Compute/disks/read'
          'Microsoft.Compute/disks/write'
          'Microsoft.Compute/disks/delete'
          'Microsoft.Network/networkInterfaces/read'
          'Microsoft.Network/networkInterfaces/write'
          'Microsoft.Network/networkInterfaces/delete'
          'Microsoft.Network/networkInterfaces/join/action'
          'Microsoft.Network/publicIPAddresses/read'
          'Microsoft.Network/publicIPAddresses/write'
          'Microsoft.Network/publicIPAddresses/delete'
          'Microsoft.Network/publicIPAddresses/join/action'
          'Microsoft.Network/dnsZones/A/write'
          'Microsoft.Network/dnsZones/A/delete'
        ]
      }
    ]
  }
}

resource subnet 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, prefix, 'subnet')
  properties: {
    roleName: '${prefix} subnet'
    description: 'Puts machines into the subnet, and changes nothing about it.'
    type: 'CustomRole'
    assignableScopes: scopes
    permissions: [
      {
        actions: ['Microsoft.Network/virtualNetworks/subnets/join/action']
      }
    ]
  }
}

output machinesRoleId string = machines.id
output subnetRoleId string = subnet.id
