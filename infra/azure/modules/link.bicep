// Puts the functions app beneath /api of the site, so that browsers know one origin. Once: main.bicep is told by `linked` that it was.
param siteName string
param appName string
param appLocation string

resource site 'Microsoft.Web/staticSites@2025-03-01' existing = { name: siteName }
resource app 'Microsoft.Web/sites@2025-03-01' existing = { name: appName }

resource link 'Microsoft.Web/staticSites/linkedBackends@2025-03-01' = {
  parent: site
  name: 'api'
  properties: { backendResourceId: app.id, region: appLocation }
}

// A link closes the app to whoever does not come through the site, and with that to the payment provider and to machines. Who somebody
// is the product finds out itself, for those who come through the site as well.
resource open 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: false }
    globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' }
  }
  dependsOn: [link]
}
