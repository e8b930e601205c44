using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Staff;

/// <summary>Which operator is calling, by bearer token or by cookie. A customer's session is none here, and the other way round.</summary>
public sealed class StaffCallers(StaffSessions sessions, IOptions<SiteOptions> site)
{
    private readonly SessionCookie cookie = new("__Host-launchpad-staff", site.Value.BaseUrl, trustsSilence: false);

    /// <exception cref="ProblemException">When nobody of the staff is calling.</exception>
    public async Task<Operator> RequireAsync(HttpRequest request, CancellationToken ct) =>
        cookie.Token(request) is { } token && await sessions.FindAsync(token, ct) is { } found ? found : throw Problems.StaffSignInNeeded();

    /// <summary>The token is answered once, and kept by browsers in a cookie that no script reads. The session that the browser had before is
    /// closed: nobody can have planted the new one.</summary>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> SignInAsync(HttpRequest request, Operator of, CancellationToken ct)
    {
        var (token, expires) = await sessions.OpenAsync(of, ct);
        if (cookie.Kept(request) is { } before)
        {
            await sessions.CloseAsync(before, ct);
        }

        cookie.Keep(request, token, expires);
        return (token, expires);
    }

    public async Task SignOutAsync(HttpRequest request, CancellationToken ct)
    {
        await RequireAsync(request, ct);
        await sessions.CloseAsync(cookie.Token(request)!, ct);
        cookie.Drop(request);
    }
}
