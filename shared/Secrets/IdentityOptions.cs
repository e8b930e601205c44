using Azure.Core;
using Azure.Identity;

namespace Launchpad.Shared.Secrets;

/// <summary>As whom this process speaks to Azure. Section "Identity".</summary>
public sealed record IdentityOptions
{
    public const string Section = "Identity";

    /// <summary>Of a managed identity that was made for this process; null: the one that its machine has of its own.</summary>
    public Guid? ClientId { get; init; }

    public TokenCredential Credential() => new ChainedTokenCredential(
        new EnvironmentCredential(),
        new ManagedIdentityCredential(
            ClientId is { } made ? ManagedIdentityId.FromUserAssignedClientId(made.ToString()) : ManagedIdentityId.SystemAssigned));
}
