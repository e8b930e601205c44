namespace Launchpad.Host.Http;

/// <summary>What reverse proxies say of a request, which a caller can make up.</summary>
internal static class Proxies
{
    private static readonly string[] Prefixes = ["X-Forwarded-", "X-Original-"];

    public static bool IsTheirs(string header) => header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || Prefixes.Any(prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
