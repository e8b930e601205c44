using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Staff;

/// <summary>Which operator is calling, by bearer token or by cookie. A customer's session is none here, and the other way round.</summary>
public sealed class StaffCallers(StaffSessions sessions, IOptions<SiteOptions> site)
{
    private const string Cookie = "__Host-launchpad-staff";
    private const string Scheme = "Bearer ";

    /// <exception cref="ProblemException">When nobody of the staff is calling.</exception>
    public async Task<Operator> RequireAsync(HttpRequest request, CancellationToken ct) =>
        Token(request) is { } token && await sessions.FindAsync(token, ct) is { } found ? found : throw Problems.StaffSignInNeeded();

    /// <summary>The token is answered once, and kept by browsers in a cookie that no script reads. The session that the browser had before is
    /// closed: nobody can have planted the new one.</summary>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> SignInAsync(HttpRequest request, Operator of, CancellationToken ct)
    {
        var (token, expires) = await sessions.OpenAsync(of, ct);
        if (request.Cookies.TryGetValue(Cookie, out var before))
        {
            await sessions.CloseAsync(before, ct);
        }

        request.HttpContext.Response.Cookies.Append(Cookie, token, CookieOf(expires));
        return (token, expires);
    }

    public async Task SignOutAsync(HttpRequest request, CancellationToken ct)
    {
        await RequireAsync(request, ct);
        await sessions.CloseAsync(Token(request)!, ct);
        request.HttpContext.Response.Cookies.Delete(Cookie, CookieOf(expires: null));
    }

    /// <summary>Null when the request carries none.</summary>
    /// <exception cref="ProblemException">When a cookie comes with a changing request that does not say that it is of the own origin, which
    /// every browser does.</exception>
    private string? Token(HttpRequest request)
    {
        // Azure's proxy before a linked API adds a token of its own to every request, so the cookie comes first.
        if (!request.Cookies.TryGetValue(Cookie, out var token))
        {
            return request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                ? header[Scheme.Length..].Trim()
                : null;
        }

        var safe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        return safe || IsOwn(request.Headers) ? token : throw Problems.WrongOrigin();
    }

    private bool IsOwn(IHeaderDictionary headers) =>
        headers.Origin.ToString() is { Length: > 0 } origin ? IsOwn(origin) : headers["Sec-Fetch-Site"].ToString() == "same-origin";

    private static CookieOptions CookieOf(DateTimeOffset? expires) =>
        new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", Expires = expires };

    private bool IsOwn(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && from.GetLeftPart(UriPartial.Authority) == site.Value.BaseUrl.GetLeftPart(UriPartial.Authority);
}
