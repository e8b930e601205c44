using System.Globalization;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;

namespace Launchpad.Local.Stripe;

/// <summary>The parameters of a request, decoded from <c>items[0][price]=…</c>; a part of them is a form again.</summary>
internal sealed class Form
{
    private const int MetadataKeysMax = 50;
    private const int MetadataKeyMax = 40;
    private const int MetadataValueMax = 500;

    private readonly string _prefix;
    private readonly IReadOnlyList<(string[] Path, string Value)> _fields;

    private Form(string prefix, IReadOnlyList<(string[] Path, string Value)> fields) => (_prefix, _fields) = (prefix, fields);

    public static Form Of(IEnumerable<KeyValuePair<string, StringValues>> pairs) => new(
        "", [.. pairs.SelectMany(pair => pair.Value.Select((value, index) => (Split(pair.Key, index), value ?? "")))]);

    /// <summary>Refuses what is in none of the patterns; <c>*</c> is any one segment.</summary>
    public void AllowOnly(IReadOnlyList<string> patterns)
    {
        foreach (var (path, value) in _fields)
        {
            if (!patterns.Any(pattern => Matches(pattern.Split('.'), path, value)))
            {
                var name = Name(path);
                throw StripeFailure.Invalid($"Received unknown parameter: {name}", "parameter_unknown", name);
            }
        }
    }

    public string? Text(string name) => _fields.FirstOrDefault(field => field.Path is [var only] && only == name) is { Value: { } value }
        ? value
        : null;

    public string Required(string name) => Text(name) is { Length: > 0 } value ? value : throw StripeFailure.Required(Param(name));

    public long? Number(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw StripeFailure.Invalid($"Invalid integer: {text}", "parameter_invalid_integer", Param(name));
    }

    public decimal? Decimal(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw StripeFailure.Invalid($"Invalid decimal: {text}", null, Param(name));
    }

    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw StripeFailure.Invalid($"Invalid boolean: {text}", null, Param(name)),
    };

    public string? Choice(string name, params string[] choices) => Text(name) is not { } text || choices.Contains(text)
        ? Text(name)
        : throw StripeFailure.Invalid($"Invalid {Param(name)}: must be one of {string.Join(", ", choices)}", null, Param(name));

    public string? Email(string name)
    {
        var text = Text(name);
        return string.IsNullOrEmpty(text) || IsEmail(text)
            ? text
            : throw StripeFailure.Invalid($"Invalid email address: {text}", "email_invalid", Param(name));
    }

    public string Url(string name)
    {
        var text = Required(name);
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? text
            : throw StripeFailure.Invalid("Not a valid URL", "url_invalid", Param(name));
    }

    public IReadOnlyList<string> List(string name) => [.. Under(name).Where(field => field.Path.Length == 2).Select(field => field.Value)];

    public bool Has(string name) => Under(name).Any();

    public Form Group(string name) => new(
        Param(name), [.. Under(name).Where(field => field.Path.Length > 1).Select(field => (field.Path[1..], field.Value))]);

    public IReadOnlyList<Form> Items(string name) => [.. Under(name)
        .Where(field => field.Path.Length > 2)
        .GroupBy(field => field.Path[1])
        .Select(item => new Form(Name([name, item.Key]), [.. item.Select(field => (field.Path[2..], field.Value))]))];

    /// <summary>Sets, replaces and (by an empty value) removes keys; an empty "metadata" removes them all.</summary>
    public JsonObject Metadata(JsonNode? current = null)
    {
        var result = current is null || Text("metadata") is { Length: 0 } ? [] : current.DeepClone().AsObject();
        foreach (var (path, value) in Under("metadata").Where(field => field.Path.Length == 2))
        {
            if (path[1].Length > MetadataKeyMax)
            {
                throw StripeFailure.Invalid($"Metadata keys can have up to {MetadataKeyMax} characters.", null, Name(path));
            }

            if (value.Length > MetadataValueMax)
            {
                throw StripeFailure.Invalid($"Metadata values can have up to {MetadataValueMax} characters, "
                    + $"but you passed in a value that is {value.Length} characters.", null, Name(path));
            }

            result.Remove(path[1]);
            if (value.Length > 0)
            {
                result[path[1]] = value;
            }
        }

        return result.Count <= MetadataKeysMax
            ? result
            : throw StripeFailure.Invalid($"You can only have {MetadataKeysMax} metadata keys.", null, "metadata");
    }

    /// <summary>Equal for requests that say the same, in whatever order.</summary>
    public string Fingerprint(string method, string path)
    {
        var lines = _fields.Select(field => Name(field.Path) + "=" + field.Value).Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{method} {path}\n{string.Join('\n', lines)}")));
    }

    public static bool IsEmail(string text) =>
        MailAddress.TryCreate(text, out var address) && address.Address == text && address.Host.Contains('.', StringComparison.Ordinal);

    /// <summary>A field of this form as the whole request spells it, for error messages.</summary>
    public string Param(string name) => Name([name]);

    private IEnumerable<(string[] Path, string Value)> Under(string name) => _fields.Where(field => field.Path[0] == name);

    private string Name(string[] path) => _prefix.Length == 0
        ? path[0] + string.Concat(path.Skip(1).Select(segment => $"[{segment}]"))
        : _prefix + string.Concat(path.Select(segment => $"[{segment}]"));

    // "a[]" sent twice is a list of two; the index of the repetition takes the place of the missing one.
    private static string[] Split(string key, int repetition)
    {
        var segments = key.Replace("]", "", StringComparison.Ordinal).Split('[');
        return [.. segments.Select(segment => segment.Length == 0 ? repetition.ToString(CultureInfo.InvariantCulture) : segment)];
    }

    // "metadata=" empties what "metadata.*" fills.
    private static bool Matches(string[] pattern, string[] path, string value) =>
        (path.Length == pattern.Length || (value.Length == 0 && path.Length == pattern.Length - 1 && pattern[^1] == "*"))
        && path.Zip(pattern).All(pair => pair.Second == "*" || pair.Second == pair.First);
}
