using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions;

/// <summary>How a session's token comes and goes: browsers keep it in a cookie that no script reads, everybody else sends it as bearer
/// token.</summary>
/// <param name="name">Of the cookie.</param>
/// <param name="site">The origin whose pages may use it.</param>
/// <param name="trustsSilence">Whether a changing request may use it that says nothing of where it comes from: it is of no browser.</param>
internal sealed class SessionCookie(string name, Uri site, bool trustsSilence)
{
    private const string Scheme = "Bearer ";

    /// <summary>Null when the request carries none.</summary>
    /// <exception cref="ProblemException">When a cookie comes with a changing request of another origin.</exception>
    public string? Token(HttpRequest request)
    {
        // Azure's proxy before a linked API adds a token of its own to every request, so the cookie comes first.
        if (Kept(request) is not { } token)
        {
            return request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                ? header[Scheme.Length..].Trim()
                : null;
        }

        var safe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        return safe || IsOwn(request.Headers) ? token : throw Problems.WrongOrigin();
    }

    /// <summary>What the browser has, wherever its request comes from; null for nothing.</summary>
    public string? Kept(HttpRequest request) => request.Cookies.TryGetValue(name, out var token) ? token : null;

    /// <returns>What the answer may say of the token: nothing to a page, whose scripts need not know it.</returns>
    public string? Keep(HttpRequest request, string token, DateTimeOffset expires)
    {
        request.HttpContext.Response.Cookies.Append(name, token, Options(expires));
        return request.Headers.ContainsKey("Sec-Fetch-Site") ? null : token;
    }

    public void Drop(HttpRequest request) => request.HttpContext.Response.Cookies.Delete(name, Options(expires: null));

    /// <summary>Browsers say where a request comes from, in one header or the other.</summary>
    private bool IsOwn(IHeaderDictionary headers) =>
        headers.Origin.ToString() is { Length: > 0 } origin ? IsOwn(origin)
        : headers["Sec-Fetch-Site"].ToString() is var from && (from == "same-origin" || (trustsSilence && from is ("" or "none")));

    private bool IsOwn(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && from.GetLeftPart(UriPartial.Authority) == site.GetLeftPart(UriPartial.Authority);

    private static CookieOptions Options(DateTimeOffset? expires) =>
        new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", Expires = expires };
}
