using Launchpad.Shared.Abuse;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Auth;

/// <summary>How often may be asked for what sends mail, costs time or tells something (ADR 36). Each is counted by who asks; what is
/// counted by account is nothing that its owner needs to get in.</summary>
public sealed class AuthLimits(IOptions<AbuseOptions> options, TimeProvider clock)
{
    private readonly TokenBuckets signUps = new(options.Value.SignUps, TimeSpan.FromHours(1) / options.Value.SignUps, clock);
    private readonly TokenBuckets forgotten = new(20, TimeSpan.FromMinutes(1), clock);
    private readonly TokenBuckets allForgotten = new(2_000, TimeSpan.FromSeconds(1), clock);
    private readonly TokenBuckets taken = new(20, TimeSpan.FromMinutes(1), clock);
    private readonly TokenBuckets letters = new(5, TimeSpan.FromHours(1), clock);
    private readonly TokenBuckets ceremonies = new(60, TimeSpan.FromSeconds(1), clock);
    private readonly TokenBuckets links = new(60, TimeSpan.FromSeconds(10), clock);

    /// <summary>Somebody makes an account.</summary>
    public void SignUp(string address) => signUps.Take(address);

    /// <summary>Somebody asks for a link to set a new password.</summary>
    public void Forgot(string address)
    {
        forgotten.Take(address);
        allForgotten.Take("");
    }

    /// <summary>Somebody is told that an address has an account.</summary>
    public void Taken(string address) => taken.Take(address);

    /// <summary>An account asks for its letter once more.</summary>
    public void Letter(string account) => letters.Take(account);

    /// <summary>Somebody follows a link.</summary>
    public void Link(string address) => links.Take(address);

    /// <summary>Somebody begins or ends to show a passkey.</summary>
    public void Ceremony(string address) => ceremonies.Take(address);
}
