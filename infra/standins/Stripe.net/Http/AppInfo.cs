using System.Text;
using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Names the program that uses the library, for the User-Agent.</summary>
public class AppInfo
{
    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("partner_id")]
    public string PartnerId { get; set; }

    [JsonPropertyName("version")]
    public string Version { get; set; }

    [JsonPropertyName("url")]
    public string Url { get; set; }

    public string FormatUserAgent()
    {
        var text = new StringBuilder(Name);
        if (!string.IsNullOrEmpty(Version))
        {
            text.Append('/').Append(Version);
        }

        if (!string.IsNullOrEmpty(Url))
        {
            text.Append(" (").Append(Url).Append(')');
        }

        return text.ToString();
    }
}
