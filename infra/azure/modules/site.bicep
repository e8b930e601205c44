// The address that people open: the web app's files, and beneath /api of the same origin the functions app (link.bicep).
param name string

@allowed(['centralus', 'eastasia', 'eastus2', 'westeurope', 'westus2'])
param location string
param tags { *: string }

resource site 'Microsoft.Web/staticSites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  // The free one cannot have an app of one's own beneath it.
  sku: { name: 'Standard', tier: 'Standard' }
  properties: {
    stagingEnvironmentPolicy: 'Disabled'
  }
}

output name string = site.name
output host string = site.properties.defaultHostname
