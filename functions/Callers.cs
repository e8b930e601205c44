using System.Net;
using Launchpad.Functions.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <summary>Who is calling, by bearer token or by cookie: from signing in until signing out.</summary>
public sealed class Callers(SessionStore sessions, CallerFinder finder, IOptions<SiteOptions> site, TimeProvider clock)
{
    /// <summary>For how long somebody counts as just having proven himself.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly SessionCookie cookie = new("__Host-launchpad", site.Value.BaseUrl, trustsSilence: true);

    /// <summary>The account that the caller works in, when he may do there what he asks for.</summary>
    public Task<Account> RequireAsync(HttpRequest request, CancellationToken ct) => AccountAsync(request, IsWhole, ct);

    /// <summary>Also for a program that its owner has let in to read and to ask.</summary>
    public Task<Account> RequireOrAssistantAsync(HttpRequest request, CancellationToken ct) =>
        AccountAsync(request, scope => scope is null or Scopes.Assistant, ct);

    /// <summary>Whether the caller, who was let in a while ago, would be let in still, to the same account and to do the same.</summary>
    public async Task<bool> IsLetInAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            var now = await finder.FindAsync(request, cookie.Token(request)!, IsWhole, ct);
            now?.Require(request.HttpContext.Features.GetRequiredFeature<Route>());
            return now?.Account.Id == Caller.Of(request).Account.Id;
        }
        catch (ProblemException)
        {
            return false;
        }
    }

    /// <summary>For what a session that somebody left open must not be enough for. Whoever made a token said so then, freshly.</summary>
    /// <exception cref="ProblemException">When the caller signed in longer than a few minutes ago.</exception>
    public async Task RequireFreshAsync(HttpRequest request, CancellationToken ct)
    {
        await RequireAsync(request, ct);
        if (Caller.Of(request).Session is not null && FreshUntil(request) is null)
        {
            throw Problems.SignInAgain((int)Fresh.TotalMinutes);
        }
    }

    /// <summary>Until when the caller, who was let in, counts as just having proven himself; null when he does not.</summary>
    public DateTimeOffset? FreshUntil(HttpRequest request) =>
        Caller.Of(request).Session is { } session && session.FreshAt + Fresh is var until && until >= clock.GetUtcNow() ? until : null;

    /// <summary>The caller has just proven himself: the same session is good for more, for a few minutes.</summary>
    public async Task<DateTimeOffset> RenewAsync(HttpRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await sessions.RenewAsync(cookie.Token(request)!, now, ct);
        return now + Fresh;
    }

    /// <summary>Closes all sessions of the caller but the one that he calls with.</summary>
    public Task CloseOthersAsync(HttpRequest request, Account account, CancellationToken ct) =>
        sessions.CloseOthersAsync(account.Id, cookie.Token(request), ct);

    /// <summary>The token is answered once, and kept by browsers in a cookie that no script reads.</summary>
    /// <remarks>The session that the browser had before is closed: nobody can have planted the new one.</remarks>
    /// <returns>Told is what the answer may say of the token.</returns>
    public async Task<(string Token, string? Told, DateTimeOffset ExpiresAt)> SignInAsync(HttpRequest request, Account account, CancellationToken ct)
    {
        var (token, expires) = await sessions.OpenAsync(account.Id, Browsers.Name(request.Headers.UserAgent.ToString()), ct);
        if (cookie.Kept(request) is { } before)
        {
            await sessions.CloseAsync(before, ct);
        }

        return (token, cookie.Keep(request, token, expires), expires);
    }

    /// <summary>The caller, and what his session is called.</summary>
    public async Task<(Account Account, string Session)> RequireSessionAsync(HttpRequest request, CancellationToken ct) =>
        (await RequireAsync(request, ct), SessionIds.OfToken(cookie.Token(request)!));

    public async Task SignOutAsync(HttpRequest request, CancellationToken ct)
    {
        await RequireAsync(request, ct);
        await sessions.CloseAsync(cookie.Token(request)!, ct);
        cookie.Drop(request);
    }

    /// <summary>The network address that limits count by, of IPv6 the /64 that one customer has to himself. What trusted proxies say of
    /// it is taken into account already (<see cref="SiteOptions.TrustedProxies"/>).</summary>
    public static string Address(HttpRequest request)
    {
        var address = request.HttpContext.Connection.RemoteIpAddress ?? IPAddress.None;
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        return bytes.Length == 4 ? new IPAddress(bytes).ToString() : Convert.ToHexStringLower(bytes.AsSpan(0, 8));
    }

    private static bool IsWhole(string? scope) => scope is null;

    private async Task<Account> AccountAsync(HttpRequest request, Func<string?, bool> isEnough, CancellationToken ct)
    {
        if (request.HttpContext.Features.Get<Caller>() is not { } caller)
        {
            caller = cookie.Token(request) is { } token ? await finder.EnterAsync(request, token, isEnough, ct) : null;
            request.HttpContext.Features.Set(caller ?? throw Problems.SignInNeeded());
        }

        return caller.Require(request.HttpContext.Features.GetRequiredFeature<Route>()).Account;
    }
}
