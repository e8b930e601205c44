using System.Net;

namespace Launchpad.Shared.Webhooks;

/// <summary>What may be typed as the address of an endpoint. Where it leads is decided when it is called, by <see cref="Reach"/>.</summary>
public static class WebhookUrl
{
    public const int Max = 500;
    private const int PortMin = 1024;
    private const int HttpsPort = 443;

    /// <summary>Null where it may be one; else what is wrong with it.</summary>
    public static string? Fault(string? typed, Reach reach, int max = Max) => typed switch
    {
        _ when typed is null or "" || typed.Length > max => $"is an address of at most {max} characters.",
        _ when !Uri.TryCreate(typed, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps || url.Host.Length == 0 =>
            "is a whole address that begins with https://.",
        _ when typed.Any(letter => letter <= ' ' || letter == '\\') => "has a character that no address has.",
        _ when new Uri(typed) is var url && (url.UserInfo.Length > 0 || typed.Contains('@', StringComparison.Ordinal)) =>
            "has no user name in it: what is sent is signed.",
        _ when new Uri(typed).Fragment.Length > 0 => "has no fragment: no server sees one.",
        _ when new Uri(typed).Port is not HttpsPort and < PortMin => $"has the port {HttpsPort}, or one from {PortMin} on.",
        _ when IPAddress.TryParse(new Uri(typed).IdnHost, out var address) && !reach.Allows(address) => "leads to an address that is not public.",
        _ => null,
    };
}
