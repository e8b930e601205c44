using System.Security.Cryptography;
using System.Text.Json;

namespace Launchpad.TinyBot;

/// <summary>The delivered configuration, known by its hash only: this bot has nothing to configure.</summary>
internal sealed record BotConfigFile(string Sha256)
{
    /// <summary>The answer of `config validate --json`.</summary>
    public static int Validate(string path, TextWriter output)
    {
        var sections = Sections();
        var unknown = TryRead(path, out _)
            ? JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.EnumerateObject()
                .Select(member => member.Name).Where(name => !sections.Contains(name)).ToList()
            : null;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("valid", unknown is []);
            json.WriteStartArray("issues");
            foreach (var name in unknown ?? [""])
            {
                json.WriteStartObject();
                json.WriteString("path", "<root>");
                json.WriteString("message", unknown is null ? "Expected a JSON object" : $"Unrecognized key: \"{name}\"");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
        return unknown is [] ? 0 : 1;
    }

    /// <summary>Sections that the real release has too: like it, this one refuses what it does not know, and says where.</summary>
    private static HashSet<string> Sections()
    {
        using var schema = typeof(BotConfigFile).Assembly.GetManifestResourceStream("config.schema.json")!;
        using var document = JsonDocument.Parse(schema);
        return [.. document.RootElement.GetProperty("properties").EnumerateObject().Select(section => section.Name)];
    }

    /// <summary>False when there is a file and it is not a JSON object; no file at all is fine.</summary>
    public static bool TryRead(string path, out BotConfigFile? config)
    {
        config = null;
        if (!File.Exists(path))
        {
            return true;
        }

        var content = File.ReadAllBytes(path);
        try
        {
            using var document = JsonDocument.Parse(content);
            config = new(Convert.ToHexStringLower(SHA256.HashData(content)));
            return document.RootElement.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
