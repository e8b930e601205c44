using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Launchpad.Local.Site;

/// <summary>staticwebapp.config.json, as far as the web app uses it. What is not understood here is refused: on Azure it would count.</summary>
public sealed record SiteConfig
{
    public const string FileName = "staticwebapp.config.json";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>For editors.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public IReadOnlyList<SiteRoute> Routes { get; init; } = [];

    public SiteFallback? NavigationFallback { get; init; }

    public IReadOnlyDictionary<string, string> GlobalHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>By extension, with its dot.</summary>
    public IReadOnlyDictionary<string, string> MimeTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>By status.</summary>
    public IReadOnlyDictionary<string, SiteOverride> ResponseOverrides { get; init; } = new Dictionary<string, SiteOverride>();

    public static SiteConfig Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<SiteConfig>(json, Strict) ?? throw new StackException($"{FileName} is empty.");
        }
        catch (JsonException wrong)
        {
            throw new StackException($"{FileName}: {wrong.Message}");
        }
    }

    /// <summary>The first rule for this path and method, which alone counts.</summary>
    public SiteRoute? RouteOf(string path, string method) => Routes.FirstOrDefault(route => route.Takes(path, method));

    /// <summary>What is served for a path that is no file; null where that is an error.</summary>
    public string? FallbackOf(string path) => NavigationFallback is { } fallback && !fallback.Excludes(path) ? fallback.Rewrite : null;
}

/// <param name="Route">A path, whose end may be a pattern.</param>
public sealed record SiteRoute(
    string Route, IReadOnlyList<string>? Methods = null, IReadOnlyDictionary<string, string>? Headers = null, string? Rewrite = null,
    string? Redirect = null, int? StatusCode = null)
{
    private readonly Regex _pattern = SitePattern.Of(Route);

    public bool Takes(string path, string method) =>
        _pattern.IsMatch(path) && (Methods is null || Methods.Contains(method, StringComparer.OrdinalIgnoreCase));
}

public sealed record SiteFallback(string Rewrite, IReadOnlyList<string>? Exclude = null)
{
    private readonly Regex[] _excluded = [.. (Exclude ?? []).Select(SitePattern.Of)];

    public bool Excludes(string path) => _excluded.Any(pattern => pattern.IsMatch(path));
}

public sealed record SiteOverride(string? Rewrite = null, int? StatusCode = null);

/// <summary>`*` is anything, also slashes; `{png,jpg}` is one of these.</summary>
internal static partial class SitePattern
{
    public static Regex Of(string pattern) => new(
        "^" + Parts().Replace(pattern, part => part.Value switch
        {
            "*" => ".*",
            ['{', .., '}'] choice => $"(?:{string.Join('|', choice[1..^1].Split(',').Select(one => Regex.Escape(one.Trim())))})",
            var text => Regex.Escape(text),
        }) + "$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    [GeneratedRegex(@"\*|\{[^{}]*\}|[^*{}]+|[{}]")]
    private static partial Regex Parts();
}
