// Everything an operator deploys: the control plane in one group, tenants' machines and their names in another.
targetScope = 'subscription'

@description('Part of every name: small letters and digits.')
@minLength(3)
@maxLength(9)
param name string = 'launchpad'
param location string = 'westeurope'

@description('The zone that bots get their names in, for example bots.example.com.')
param domain string

@description('Told by the certificate authority when a certificate runs out.')
param acmeEmail string

@description('PEM: whose signature an image must carry.')
param imagePublicKey string
param imageRepository string = 'launchpad/openclaw'
param imageTag string

@description('Who deploys: puts secrets into the vault and images into the registry.')
param operatorId string = deployer().objectId

@description('Addresses or ranges from which the vault can be reached beside the control plane\'s own network.')
param operatorAddresses string[]

@description('Posted to when a person is needed; may hold a token, or be a reference to a secret of the vault.')
@secure()
param pageUrl string = ''
param runbooksUrl string

@description('Networks whose word about who called them is believed, separated by commas: the static site passes browsers on from an address of its own that no caller from outside can have.')
param trustedProxies string = 'fd00::/8'

@description('A collector that traces and metrics go to over OTLP; empty: none beside Application Insights.')
param otlpEndpoint string = ''

@description('A name of your own for the site, as https://…/ with a slash at the end; empty: the one that Azure gives it.')
param publicUrl string = ''

param budgetAmount int
param budgetEmails string[]

@description('First day of the month of the first deployment. Azure does not let it be changed afterwards.')
param budgetStart string

@description('What one account may have, for how long a deletion can be taken back, and what is not paid for goes on and is kept.')
param limits { deploymentsPerAccount: int, undoWindow: string, suspendAfter: string, keepFor: string } = {
  deploymentsPerAccount: 20
  undoWindow: '1.00:00:00'
  suspendAfter: '7.00:00:00'
  keepFor: '30.00:00:00'
}

@description('The models that bots use whose customer brings no key.')
param model { url: string, name: string } = { url: 'https://api.openai.com/v1', name: 'gpt-5-mini' }

@description('The SMTP server that letters are handed to, and as whom. Its password is the secret smtp-password of the vault.')
param mail { server: string, port: int, tls: 'StartTls' | 'Implicit', user: string, from: string }

@description('Machines: what they boot from, how large their disks are, and those of the shared pool. A disk holds what its bots may store twice over, their kept archives and the images.')
param machines { imageId: string, diskGb: int, sharedSize: string, sharedCapacityMb: int, sharedSpare: int } = {
  imageId: 'debian:debian-12:12-gen2:latest'
  diskGb: 256
  sharedSize: 'Standard_D4s_v5'
  sharedCapacityMb: 14336
  sharedSpare: 1
}

@description('Backups: how many copies of them there are and where, for how many days nobody can delete one, and whether that was locked for good.')
param backups { sku: string, lockDays: int, locked: bool, downloads: bool } = { sku: 'Standard_ZRS', lockDays: 30, locked: false, downloads: true }

@description('True once the app is beneath the site. To link it again closes it for a moment to whoever does not come through the site.')
param linked bool = false

@description('A dedicated size; docs/adr/0016-azure.md has why.')
param planSku string = 'P0v3'
param instances int = 2
param addressSpace string = '10.20.0.0/16'

@allowed(['centralus', 'eastasia', 'eastus2', 'westeurope', 'westus2'])
param dashboardLocation string = 'westeurope'

var token = uniqueString(subscription().id, name)
var appName = 'func-${name}-${token}'
var storageName = 'st${name}${token}'
var backupsName = 'bk${name}${token}'
var vaultName = take('kv-${name}-${token}', 24)
var registryName = 'cr${name}${token}'
var tags = { application: name }
var secretNames = { stripeKey: 'stripe-api-key', stripeWebhook: 'stripe-webhook-secret', modelKey: 'platform-model-key', smtpPassword: 'smtp-password' }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${name}'
  location: location
  tags: tags
}

resource machinesGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${name}-machines'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { name: 'id-${name}', location: location, tags: tags }
}

module network 'modules/network.bicep' = {
  scope: group
  params: { location: location, tags: tags, addressSpace: addressSpace }
}

module telemetry 'modules/telemetry.bicep' = {
  scope: group
  params: { location: location, tags: tags, principalId: identity.outputs.principalId, dailyGb: 2 }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: storageName
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    subnetId: network.outputs.functionsSubnetId
  }
}

module backupStore 'modules/backups.bicep' = {
  scope: group
  params: {
    name: backupsName
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    functionsSubnetId: network.outputs.functionsSubnetId
    machinesSubnetId: network.outputs.machinesSubnetId
    sku: backups.sku
    lockDays: backups.lockDays
    locked: backups.locked
    downloads: backups.downloads
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: vaultName
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    subnetId: network.outputs.functionsSubnetId
    operatorId: operatorId
    operatorAddresses: operatorAddresses
    workspaceId: telemetry.outputs.workspaceId
  }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: { name: registryName, location: location, tags: tags, operatorId: operatorId }
}

module dashboard 'modules/site.bicep' = {
  scope: group
  params: { name: 'stapp-${name}', location: dashboardLocation, tags: tags }
}

module roles 'modules/roles.bicep' = {
  params: { prefix: name, scopes: [group.id, machinesGroup.id] }
}

module machineRights 'modules/machines.bicep' = {
  scope: machinesGroup
  params: { domain: domain, tags: tags, principalId: identity.outputs.principalId, roleId: roles.outputs.machinesRoleId }
}

module join 'modules/join.bicep' = {
  scope: group
  params: { networkName: network.outputs.name, principalId: identity.outputs.principalId, roleId: roles.outputs.subnetRoleId }
}

module budget 'modules/budget.bicep' = {
  params: {
    name: 'budget-${name}'
    groups: [group.name, machinesGroup.name]
    amount: budgetAmount
    start: budgetStart
    emails: budgetEmails
  }
}

module app 'modules/app.bicep' = {
  scope: group
  params: {
    name: appName
    location: location
    tags: tags
    identity: { id: identity.outputs.id, clientId: identity.outputs.clientId }
    subnetId: network.outputs.functionsSubnetId
    storageName: storageName
    backupsName: backupsName
    vaultName: vaultName
    insightsConnection: telemetry.outputs.connectionString
    siteUrl: empty(publicUrl) ? 'https://${dashboard.outputs.host}/' : publicUrl
    instances: instances
    planSku: planSku
    machines: { ...machines, group: machinesGroup.name, subnetId: network.outputs.machinesSubnetId }
    domain: domain
    acmeEmail: acmeEmail
    image: {
      registry: '${registryName}${environment().suffixes.acrLoginServer}'
      repository: imageRepository
      tag: imageTag
      publicKey: imagePublicKey
    }
    model: model
    secretNames: secretNames
    mail: mail
    limits: limits
    pageUrl: pageUrl
    otlpEndpoint: otlpEndpoint
    trustedProxies: trustedProxies
    runbooksUrl: runbooksUrl
  }
  // It looks into tables and vault as it starts, so its rights come first.
  dependsOn: [storage, backupStore, vault, machineRights, join]
}

module link 'modules/link.bicep' = if (!linked) {
  scope: group
  params: { siteName: dashboard.outputs.name, appName: app.outputs.name, appLocation: location }
}

output group string = group.name
output app string = appName
output api string = app.outputs.url
output webhook string = '${app.outputs.url}api/billing/webhook'
output backups string = backupsName
output vault string = vaultName
output secrets string[] = [secretNames.stripeKey, secretNames.stripeWebhook, secretNames.modelKey, secretNames.smtpPassword]
output registry string = '${registryName}${environment().suffixes.acrLoginServer}'
output dashboard string = empty(publicUrl) ? 'https://${dashboard.outputs.host}/' : publicUrl
output dashboardName string = dashboard.outputs.name

@description('Where the domain has to be delegated to, at whoever the parent zone is with.')
output nameServers string[] = machineRights.outputs.nameServers

@description('The one address that machines let in on port 22.')
output controlPlaneAddress string = network.outputs.controlPlaneAddress
