using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace Launchpad.Local.Tests;

/// <summary>The official credential finds the identity endpoint in the environment of its process, so tests that use it take
/// turns.</summary>
[CollectionDefinition(Collection)]
public sealed class ManagedIdentity
{
    public const string Collection = "managed identity";

    public static TokenCredential Credential(TestCloud cloud)
    {
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", TestCloud.Address(cloud.Ports.Admin, "/msi/token").ToString());
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", cloud.Context.IdentityHeader);
        return new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned);
    }

    public static SecretClient SecretClient(TestCloud cloud) => new(
        TestCloud.Address(cloud.Ports.KeyVault, https: true),
        Credential(cloud),
        new SecretClientOptions
        {
            DisableChallengeResourceVerification = true,
            Transport = new HttpClientTransport(cloud.Client),
            Retry = { Delay = TimeSpan.FromMilliseconds(50) },
        });
}
