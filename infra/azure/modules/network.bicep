// The control plane's way out, and the machines of tenants with what may reach them.
param location string
param tags { *: string }

@description('Address space; /16, because a tenant may buy a machine.')
param addressSpace string

var functionsPrefix = cidrSubnet(addressSpace, 26, 0)
var machinesPrefix = cidrSubnet(addressSpace, 17, 1)

// Machines are reached at their public addresses, so what they see of the control plane is this one, never an address of the network.
resource outbound 'Microsoft.Network/publicIPAddresses@2026-03-01' = {
  name: 'pip-control-plane'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource nat 'Microsoft.Network/natGateways@2026-03-01' = {
  name: 'ng-control-plane'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 10
    publicIpAddresses: [{ id: outbound.id }]
  }
}

resource machineRules 'Microsoft.Network/networkSecurityGroups@2026-03-01' = {
  name: 'nsg-machines'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'AllowHttps'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: machinesPrefix
          destinationPortRange: '443'
        }
      }
      {
        name: 'AllowSshFromControlPlane'
        properties: {
          priority: 110
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: [outbound.properties.ipAddress, functionsPrefix]
          sourcePortRange: '*'
          destinationAddressPrefix: machinesPrefix
          destinationPortRange: '22'
        }
      }
      {
        // Before Azure's own rule that lets the whole network in: a tenant's machine is nobody's neighbour.
        name: 'DenyAllElse'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'DenyNeighbours'
        properties: {
          priority: 4096
          direction: 'Outbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: addressSpace
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2026-03-01' = {
  name: 'vnet-launchpad'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: functionsPrefix
          defaultOutboundAccess: false
          natGateway: { id: nat.id }
          delegations: [{ name: 'web', properties: { serviceName: 'Microsoft.Web/serverFarms' } }]
          serviceEndpoints: [
            { service: 'Microsoft.KeyVault', locations: [location] }
            { service: 'Microsoft.Storage', locations: [location] }
          ]
        }
      }
      {
        name: 'machines'
        properties: {
          addressPrefix: machinesPrefix
          defaultOutboundAccess: false
          networkSecurityGroup: { id: machineRules.id }
          // The store of backups knows machines by their network, not by addresses that come and go.
          serviceEndpoints: [{ service: 'Microsoft.Storage', locations: [location] }]
        }
      }
    ]
  }

  resource functions 'subnets' existing = { name: 'functions' }
  resource machines 'subnets' existing = { name: 'machines' }
}

output name string = network.name
output functionsSubnetId string = network::functions.id
output machinesSubnetId string = network::machines.id
output controlPlaneAddress string = outbound.properties.ipAddress
