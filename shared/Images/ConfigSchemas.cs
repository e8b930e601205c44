using System.IO.Compression;
using Microsoft.Extensions.Caching.Memory;

namespace Launchpad.Shared.Images;

/// <summary>The JSON schema of what a release can be configured to, as the release itself tells it.</summary>
/// <param name="Digest">Of the schema.</param>
/// <param name="Zipped">The schema, by gzip: a tenth of its size.</param>
public sealed record ConfigSchema(string Digest, byte[] Zipped)
{
    public async Task<byte[]> UnzipAsync(CancellationToken ct)
    {
        await using var unzipping = new GZipStream(new MemoryStream(Zipped), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        await unzipping.CopyToAsync(whole, ct);
        return whole.ToArray();
    }
}

/// <summary>Reads schemas out of the registry. An image names its own by digest, and the image is named by digest too: what was read once is
/// true for good.</summary>
public sealed class ConfigSchemas(RegistryClient registry) : IDisposable
{
    private const int BytesMax = 16 << 20;
    private const int RememberedMax = 8;

    private readonly MemoryCache _remembered = new(new MemoryCacheOptions { SizeLimit = RememberedMax });

    /// <param name="repository">Of the image.</param>
    /// <param name="digest">Of the image.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null for an image that the registry does not have, or that tells none.</returns>
    /// <exception cref="ImageRejectedException">When the registry does not answer.</exception>
    public async Task<ConfigSchema?> FindAsync(string repository, string digest, CancellationToken ct)
    {
        if (_remembered.TryGetValue(digest, out ConfigSchema? known))
        {
            return known;
        }

        if (!ImageName.IsRepository(repository) || !ImageName.IsDigest(digest)
            || await registry.FindManifestAsync(repository, digest, ct) is not { } image
            || OciManifest.Read(image.Content)?.Annotations?.GetValueOrDefault(OciManifest.ConfigSchemaAnnotation) is not { } named
            || !ImageName.IsDigest(named)
            || await registry.FindBlobAsync(repository, named, BytesMax, ct) is not { } schema)
        {
            return null;
        }

        return _remembered.Set(digest, new ConfigSchema(named, await ZipAsync(schema, ct)), new MemoryCacheEntryOptions { Size = 1 });
    }

    public void Dispose() => _remembered.Dispose();

    private static async Task<byte[]> ZipAsync(byte[] content, CancellationToken ct)
    {
        using var zipped = new MemoryStream();
        await using (var zipping = new GZipStream(zipped, CompressionLevel.Optimal))
        {
            await zipping.WriteAsync(content, ct);
        }

        return zipped.ToArray();
    }
}
