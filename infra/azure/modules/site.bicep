// The dashboard: files only. It calls the API with a bearer token.
param name string

@allowed(['centralus', 'eastasia', 'eastus2', 'westeurope', 'westus2'])
param location string
param tags { *: string }

resource site 'Microsoft.Web/staticSites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Free', tier: 'Free' }
  properties: {
    allowConfigFileUpdates: false
    stagingEnvironmentPolicy: 'Disabled'
  }
}

output host string = site.properties.defaultHostname
