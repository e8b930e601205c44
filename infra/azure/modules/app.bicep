// The control plane: the functions app, and every setting it reads. What is not here stays as the product has it; a test knows which.
param name string
param location string
param tags { *: string }
param identity { id: string, clientId: string }
param subnetId string
param storageName string
param backupsName string
param vaultName string
param insightsConnection string
param siteUrl string

@description('Two, so that one can be restarted; sagas and timers are shared by all.')
@minValue(1)
param instances int
param planSku string

param machines { group: string, subnetId: string, imageId: string, diskGb: int, sharedSize: string, sharedCapacityMb: int, sharedSpare: int }
param domain string
param acmeEmail string
param image { registry: string, repository: string, tag: string, publicKey: string }
param model { url: string, name: string }
param secretNames { stripeKey: string, stripeWebhook: string, modelKey: string, smtpPassword: string }
param mail { server: string, port: int, tls: 'StartTls' | 'Implicit', user: string, from: string }
param limits { deploymentsPerAccount: int, undoWindow: string, suspendAfter: string, keepFor: string }

@secure()
param pageUrl string
param runbooksUrl string
param otlpEndpoint string
param trustedProxies string

var ownUrl = 'https://${name}.azurewebsites.net/'
var storageSuffix = environment().suffixes.storage

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'linux'
  sku: { name: planSku, capacity: instances }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: subnetId
    outboundVnetRouting: { allTraffic: true }
    siteConfig: {
      linuxFxVersion: 'DOTNET-ISOLATED|10.0'
      alwaysOn: true
      ftpsState: 'Disabled'
      healthCheckPath: '/api/health'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      appSettings: [
        // The platform.
        { name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' }
        { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'dotnet-isolated' }
        { name: 'WEBSITE_RUN_FROM_PACKAGE', value: '1' }
        { name: 'AzureWebJobsStorage__accountName', value: storageName }
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: identity.clientId }
        { name: 'AzureFunctionsJobHost__extensions__durableTask__storageProvider__type', value: 'AzureStorage' }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insightsConnection }
        { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identity.clientId};Authorization=AAD' }
        // The product.
        { name: 'Identity__ClientId', value: identity.clientId }
        { name: 'Storage__TableServiceUri', value: 'https://${storageName}.table.${storageSuffix}/' }
        { name: 'Storage__BlobServiceUri', value: 'https://${storageName}.blob.${storageSuffix}/' }
        { name: 'Backups__StoreUri', value: 'https://${backupsName}.blob.${storageSuffix}/' }
        { name: 'KeyVault__Uri', value: 'https://${vaultName}${environment().suffixes.keyvaultDns}/' }
        { name: 'Azure__SubscriptionId', value: subscription().subscriptionId }
        { name: 'Azure__ResourceGroup', value: machines.group }
        { name: 'Azure__Location', value: location }
        { name: 'Azure__DnsZone', value: domain }
        { name: 'Azure__ImageId', value: machines.imageId }
        { name: 'Azure__SubnetId', value: machines.subnetId }
        { name: 'Azure__DiskGb', value: string(machines.diskGb) }
        { name: 'Pools__SharedVmSize', value: machines.sharedSize }
        { name: 'Pools__SharedCapacityMb', value: string(machines.sharedCapacityMb) }
        { name: 'Pools__SharedSpareVms', value: string(machines.sharedSpare) }
        { name: 'Vms__ProgramPath', value: '/home/site/wwwroot/launchpad-vm' }
        { name: 'Vms__ControlPlane', value: ownUrl }
        { name: 'Routing__Domain', value: domain }
        { name: 'Routing__AcmeEmail', value: acmeEmail }
        { name: 'Images__Registry', value: image.registry }
        { name: 'Images__Repository', value: image.repository }
        { name: 'Images__Tag', value: image.tag }
        // Lines do not survive on their way into a Linux app's environment; blanks do, and mean the same in PEM.
        { name: 'Images__PublicKeyPem', value: replace(replace(image.publicKey, '\r', ''), '\n', ' ') }
        { name: 'Models__BaseUrl', value: model.url }
        { name: 'Models__Model', value: model.name }
        { name: 'Models__ApiKeySecret', value: secretNames.modelKey }
        { name: 'Stripe__ApiKeySecret', value: secretNames.stripeKey }
        { name: 'Stripe__WebhookSecret', value: secretNames.stripeWebhook }
        { name: 'Mail__Server', value: mail.server }
        { name: 'Mail__Port', value: string(mail.port) }
        { name: 'Mail__Tls', value: mail.tls }
        { name: 'Mail__User', value: mail.user }
        { name: 'Mail__PasswordSecret', value: secretNames.smtpPassword }
        { name: 'Mail__From', value: mail.from }
        { name: 'Quota__DeploymentsMax', value: string(limits.deploymentsPerAccount) }
        { name: 'Rollouts__UndoWindow', value: limits.undoWindow }
        { name: 'Dunning__SuspendAfter', value: limits.suspendAfter }
        { name: 'Dunning__KeepFor', value: limits.keepFor }
        { name: 'Operator__PageUrl', value: pageUrl }
        { name: 'Operator__Runbooks', value: runbooksUrl }
        { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: otlpEndpoint }
        { name: 'Site__BaseUrl', value: siteUrl }
        { name: 'Site__TrustedProxies', value: trustedProxies }
      ]
    }
  }

  // Publishing is by identity; these two are passwords.
  resource ftp 'basicPublishingCredentialsPolicies' = { name: 'ftp', properties: { allow: false } }
  resource scm 'basicPublishingCredentialsPolicies' = { name: 'scm', properties: { allow: false } }
}

output name string = app.name
output url string = ownUrl
