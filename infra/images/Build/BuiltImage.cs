using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.Images;

namespace Launchpad.Images;

/// <summary>An image in the cache: for each tag a manifest and a configuration, beside them the layers and the bill of materials.</summary>
internal sealed class BuiltImage(string folder, string repository)
{
    private const string SbomFile = "sbom.cdx.json";
    private const string ConfigSchemaFile = "config.schema.json";

    public string Repository => repository;

    public string SbomPath => Path.Combine(folder, SbomFile);

    public string ConfigSchemaPath => Path.Combine(folder, ConfigSchemaFile);

    public IEnumerable<string> Tags => Directory.EnumerateFiles(folder, "*.manifest.json")
        .Select(file => Path.GetFileName(file)[..^".manifest.json".Length]).Order(StringComparer.Ordinal);

    public byte[] Manifest(string tag) => File.ReadAllBytes(ManifestPath(folder, tag));

    public byte[] Config(string tag) => File.ReadAllBytes(ConfigPath(folder, tag));

    public string LayerPath(OciDescriptor layer) => Path.Combine(folder, new Layer(layer.Digest, "", layer.Size).FileName);

    public static void Write(string folder, Recipe recipe, Baked baked)
    {
        foreach (var variant in baked.Variants)
        {
            var config = JsonSerializer.SerializeToUtf8Bytes(ConfigOf(variant, baked.Layers));
            var manifest = new OciManifest(
                new(OciManifest.ImageConfig, ImageName.DigestOf(config), config.Length),
                [.. baked.Layers.Select(layer => new OciDescriptor(OciManifest.ImageLayer, layer.Digest, layer.Size))])
            {
                Annotations = new Dictionary<string, string>(variant.Runtime.Labels)
                {
                    [OciManifest.ConfigSchemaAnnotation] = ImageName.DigestOf(baked.ConfigSchema),
                },
            };
            File.WriteAllBytes(ConfigPath(folder, variant.Tag), config);
            File.WriteAllBytes(ManifestPath(folder, variant.Tag), manifest.ToBytes());
        }

        File.WriteAllBytes(Path.Combine(folder, ConfigSchemaFile), baked.ConfigSchema);
        File.WriteAllBytes(Path.Combine(folder, SbomFile), Sbom.Write(recipe.Repository, baked.Variants[0].Tag, baked.Components));
    }

    public static JsonObject ConfigOf(Variant variant, IEnumerable<Layer> layers) => new()
    {
        ["architecture"] = "amd64",
        ["os"] = "linux",
        ["created"] = Layer.Timestamp.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["config"] = new JsonObject
        {
            ["User"] = variant.Runtime.User,
            ["WorkingDir"] = variant.Runtime.WorkingDirectory,
            ["Entrypoint"] = Strings(variant.Runtime.Entrypoint),
            ["Cmd"] = Strings(variant.Runtime.Command),
            ["Env"] = Strings(variant.Runtime.Environment.Select(item => $"{item.Key}={item.Value}")),
            ["ExposedPorts"] = new JsonObject { [$"{variant.Runtime.Port}/tcp"] = new JsonObject() },
            ["Labels"] = new JsonObject(variant.Runtime.Labels.Select(item => KeyValuePair.Create(item.Key, (JsonNode?)item.Value))),
        },
        ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = Strings(layers.Select(layer => layer.DiffId)) },
    };

    private static JsonArray Strings(IEnumerable<string> values) => [.. values.Select(value => (JsonNode?)value)];

    private static string ManifestPath(string folder, string tag) => Path.Combine(folder, tag + ".manifest.json");

    private static string ConfigPath(string folder, string tag) => Path.Combine(folder, tag + ".config.json");
}
