using 'main.bicep'

// What is an operator's own. Everything else has a default in main.bicep and can be set here too.
param domain = 'bots.example.com'
param acmeEmail = 'operator@example.com'
param imagePublicKey = loadTextContent('image.pub')
param imageTag = '2026.9.6'
param operatorAddresses = ['203.0.113.7']
param runbooksUrl = 'https://example.com/runbooks/'
param pageUrl = readEnvironmentVariable('LAUNCHPAD_PAGE_URL', '')
param mail = { server: 'smtp.example.com', port: 587, tls: 'StartTls', user: 'launchpad', from: 'launchpad@example.com' }
param budgetAmount = 500
param budgetEmails = ['operator@example.com']
param budgetStart = '2026-12-01'
