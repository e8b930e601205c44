using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stripe.Infrastructure;

/// <summary>Writes options as the API reads them: <c>items[0][price]=…&amp;metadata[key]=…</c>; what was never set is not
/// sent.</summary>
internal static class FormEncoder
{
    public static string Encode(BaseOptions options) => options is null
        ? string.Empty
        : string.Join('&', Properties(options, null).Select(pair => $"{Escape(pair.Key)}={Escape(pair.Value)}"));

    private static IEnumerable<KeyValuePair<string, string>> Properties(INestedOptions options, string prefix)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            if (property.GetCustomAttribute<JsonExtensionDataAttribute>() is not null)
            {
                foreach (var pair in Entries((IDictionary)value, prefix))
                {
                    yield return pair;
                }

                continue;
            }

            // An explicit null is a wish to clear the field, for those that can be cleared.
            if (value is null && !(options is BaseOptions tracked && tracked.WasSet(property.Name)))
            {
                continue;
            }

            var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
                ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            foreach (var pair in Flatten(value, Nested(prefix, name)))
            {
                yield return pair;
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Flatten(object value, string key) => value switch
    {
        null => [new(key, string.Empty)],
        string text => [new(key, text)],
        bool flag => [new(key, flag ? "true" : "false")],
        DateTime time => [new(key, ((DateTimeOffset)time).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))],
        INestedOptions nested => Properties(nested, key),
        IDictionary dictionary => Entries(dictionary, key),
        IEnumerable list => Items(list, key),
        _ => [new(key, string.Format(CultureInfo.InvariantCulture, "{0}", value))],
    };

    private static IEnumerable<KeyValuePair<string, string>> Entries(IDictionary dictionary, string prefix) => dictionary is null
        ? []
        : dictionary.Keys.Cast<object>().SelectMany(key =>
            Flatten(dictionary[key], Nested(prefix, string.Format(CultureInfo.InvariantCulture, "{0}", key))));

    private static List<KeyValuePair<string, string>> Items(IEnumerable list, string key)
    {
        var pairs = list.Cast<object>().SelectMany((item, index) => Flatten(item, $"{key}[{index}]")).ToList();

        // A form cannot say "empty list"; by convention the bare name does.
        return pairs.Count > 0 ? pairs : [new(key, string.Empty)];
    }

    // "price_data[currency]" under "items[0]" is "items[0][price_data][currency]".
    private static string Nested(string prefix, string name)
    {
        if (string.IsNullOrEmpty(prefix))
        {
            return name;
        }

        var bracket = name.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0 ? $"{prefix}[{name}]" : $"{prefix}[{name[..bracket]}]{name[bracket..]}";
    }

    private static string Escape(string text) => WebUtility.UrlEncode(text)
        .Replace("%5B", "[", StringComparison.Ordinal)
        .Replace("%5D", "]", StringComparison.Ordinal);
}
