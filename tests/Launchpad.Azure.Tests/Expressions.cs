using System.Globalization;
using System.Text.RegularExpressions;

namespace Launchpad.Azure.Tests;

/// <summary>Puts in what only Azure knows: what it answers of a resource that it has made, and the names of its cloud.</summary>
internal static partial class Expressions
{
    public const string ClientId = "33333333-3333-3333-3333-333333333333";

    public const string SiteHost = "calm-sea-0f1e2d3c4.azurestaticapps.net";

    private static readonly Dictionary<string, string> Known = new()
    {
        ["clientId"] = ClientId,
        ["ConnectionString"] = "InstrumentationKey=44444444-4444-4444-4444-444444444444;IngestionEndpoint=https://ingest.example/",
        ["storage"] = "core.windows.net",
        ["keyvaultDns"] = ".vault.azure.net",
        ["acrLoginServer"] = ".azurecr.io",
        ["pageUrl"] = "",
        ["defaultHostname"] = SiteHost,
    };

    public static string Resolve(string text)
    {
        if (text is not ['[', .. var expression, ']'])
        {
            return text;
        }

        var known = Runtime().Replace(expression, found => $"'{Known[found.Groups["name"].Value]}'");
        var literals = Literal().Matches(known).Select(found => found.Groups[1].Value).ToArray();
        return Literal().Replace(known, "_") switch
        {
            "_" => literals[0],
            var call when Call().IsMatch(call) => string.Format(CultureInfo.InvariantCulture, literals[0], [.. literals.Skip(1)]),
            _ => throw new FormatException($"Nobody knows what {text} comes to."),
        };
    }

    [GeneratedRegex(@"reference\('[^']*', '[^']*'\)\.(?<name>\w+)|environment\(\)\.suffixes\.(?<name>\w+)|parameters\('(?<name>\w+)'\)")]
    private static partial Regex Runtime();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Literal();

    [GeneratedRegex(@"^format\(_(, _)+\)$")]
    private static partial Regex Call();
}
