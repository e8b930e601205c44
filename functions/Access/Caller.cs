using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Launchpad.Functions.Access;

/// <summary>Who asks, in which account, and what he may do there.</summary>
/// <param name="Account">In which he works.</param>
/// <param name="Person">Who signed in; of a token, who made it.</param>
/// <param name="Actor">Whom the record names.</param>
/// <param name="Deployment">The only bot that he reaches; null for all of the account.</param>
/// <param name="Session">Null for a token.</param>
public sealed record Caller(
    Account Account, Account Person, string Actor, IReadOnlySet<Permission> May, string? Deployment, Session? Session) : IAsker
{
    /// <summary>Of a request that was let in.</summary>
    public static Caller Of(HttpRequest request) => request.HttpContext.Features.GetRequiredFeature<Caller>();

    /// <summary>The one place where it is decided. The same for every id: whether something is there is nobody's business who may not see it.
    /// </summary>
    /// <exception cref="ProblemException">403 when he may not.</exception>
    public Caller Require(Route route)
    {
        if (route.Needs is not { } needed || !May.Contains(needed))
        {
            throw Problems.NotAllowed(route.Needs);
        }

        return Deployment is null || route.IsOfOneBot ? this : throw Problems.OneBotOnly();
    }

    /// <summary>Where it depends on what is asked for, beside what the route needs.</summary>
    /// <exception cref="ProblemException">403 when he may not.</exception>
    public void Require(Permission permission) => _ = May.Contains(permission) ? true : throw Problems.NotAllowed(permission);

    /// <summary>For what lets in beyond this session: whoever signed up with another's address leaves himself no way back in (ADR 36).</summary>
    /// <exception cref="ProblemException">409 when nobody has followed the link that was sent to his address.</exception>
    public Caller RequireConfirmed() => Person.EmailVerifiedAt is null ? throw Problems.EmailUnconfirmed() : this;

    /// <summary>Whether there is such a bot for him, as far as he himself can tell.</summary>
    public bool Reaches(string deployment) => Deployment is null || Deployment == deployment;
}
