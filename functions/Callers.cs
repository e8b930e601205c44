using System.Net;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <summary>Who is calling, by bearer token or by cookie: from signing in until signing out.</summary>
public sealed class Callers(SessionStore sessions, AccountStore accounts, IOptions<SiteOptions> site, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly SessionCookie cookie = new("__Host-launchpad", site.Value.BaseUrl, trustsSilence: true);

    public Task<Account> RequireAsync(HttpRequest request, CancellationToken ct) => AccountAsync(request, scope => scope is null, ct);

    /// <summary>Also for a program that its owner has let in to read and to ask.</summary>
    public Task<Account> RequireOrAssistantAsync(HttpRequest request, CancellationToken ct) =>
        AccountAsync(request, scope => scope is null or Scopes.Assistant, ct);

    /// <summary>For what a session that somebody left open must not be enough for.</summary>
    /// <exception cref="ProblemException">When the caller signed in longer than a few minutes ago.</exception>
    public async Task RequireFreshAsync(HttpRequest request, CancellationToken ct)
    {
        await RequireAsync(request, ct);
        if (await sessions.FindAsync(cookie.Token(request)!, ct) is not { } session || session.OpenedAt + Fresh < clock.GetUtcNow())
        {
            throw Problems.SignInAgain((int)Fresh.TotalMinutes);
        }
    }

    /// <summary>The token is answered once, and kept by browsers in a cookie that no script reads.</summary>
    /// <remarks>The session that the browser had before is closed: nobody can have planted the new one.</remarks>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> SignInAsync(HttpRequest request, Account account, CancellationToken ct)
    {
        var (token, expires) = await sessions.OpenAsync(account.Id, Browsers.Name(request.Headers.UserAgent.ToString()), ct);
        if (cookie.Kept(request) is { } before)
        {
            await sessions.CloseAsync(before, ct);
        }

        cookie.Keep(request, token, expires);
        return (token, expires);
    }

    /// <summary>The caller, and what his session is called.</summary>
    public async Task<(Account Account, string Session)> RequireSessionAsync(HttpRequest request, CancellationToken ct) =>
        (await RequireAsync(request, ct), SessionStore.IdOfToken(cookie.Token(request)!));

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

    private async Task<Account> AccountAsync(HttpRequest request, Func<string?, bool> isEnough, CancellationToken ct)
    {
        var session = cookie.Token(request) is { } token ? await sessions.FindAsync(token, ct) : null;
        var account = session is null || !isEnough(session.Scope) ? null : await accounts.FindAsync(session.Account, ct);
        return account ?? throw Problems.SignInNeeded();
    }
}
