using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Launchpad.Images;

/// <summary>How an image runs, as its configuration says it.</summary>
internal sealed record RuntimeConfig(string User, string WorkingDirectory, IReadOnlyList<string> Entrypoint, IReadOnlyList<string> Command)
{
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required int Port { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

/// <summary>A tag of the image. Variants share every layer and differ in their configuration only.</summary>
internal sealed record Variant(string Tag, RuntimeConfig Runtime);

/// <summary>What a recipe made: layers from the bottom up, and a component for everything in them.</summary>
/// <param name="ConfigSchema">Of the bot's config, as JSON Schema.</param>
internal sealed record Baked(
    IReadOnlyList<Layer> Layers, IReadOnlyList<Variant> Variants, IReadOnlyList<JsonObject> Components, byte[] ConfigSchema);

/// <summary>Where a recipe reads and writes.</summary>
/// <param name="Target">The image's own folder; layers go into it.</param>
internal sealed record Kitchen(BuildCache Cache, string Target, string DockerHost, Progress Progress);

/// <summary>Makes the layers of one image.</summary>
internal abstract class Recipe
{
    /// <summary>The repository in the registry.</summary>
    public abstract string Repository { get; }

    /// <summary>Folders under infra/images that decide what is in the image, beside the code that builds it.</summary>
    protected abstract IReadOnlyList<string> Sources { get; }

    /// <summary>Gets into the cache what comes from elsewhere, unless it is there.</summary>
    public virtual Task FetchAsync(BuildCache cache, Progress progress, CancellationToken ct) => Task.CompletedTask;

    public abstract Task<Baked> BakeAsync(Kitchen kitchen, CancellationToken ct);

    public static Recipe Named(string image) => image is "tiny" ? new TinyRecipe() : new OpenClawRecipe();

    /// <summary>A hash of all inputs: an image is built once for each.</summary>
    public string InputsHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var folder in Sources.Append("Build"))
        {
            foreach (var file in Directory.EnumerateFiles(SourceFolder.Path(folder)).Order(StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
                hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
