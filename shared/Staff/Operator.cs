using Launchpad.Shared.Accounts;

namespace Launchpad.Shared.Staff;

/// <summary>Somebody who looks after everybody's bots. No customer's account, and never one.</summary>
public sealed record Operator(string Id, string Email, DateTimeOffset CreatedAt)
{
    public const string Prefix = "stf";

    /// <summary>How records name him: his address is nobody's business there.</summary>
    public string Actor => $"operator:{Id}";
}

/// <summary>An operator and what is needed to let him in.</summary>
/// <param name="Addresses">Digests of the network addresses that he signed in from, the newest first.</param>
public sealed record OperatorLogin(Operator Operator, string PasswordHash, IReadOnlyList<string> Addresses)
{
    public bool Knows(string address) => Addresses.Contains(Login.Digest(Operator.Id, address));
}
