using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Launchpad.Local.Site;

/// <summary>How a file is written on the wire.</summary>
/// <param name="Coding">Null: as it is.</param>
internal sealed record Representation(string? Coding, string ETag, byte[] Content);

/// <summary>A file of the site with its name, type, and what it looks like compressed, which is made when the first client wants it.</summary>
internal sealed class SiteFile
{
    // Below this a packet is a packet.
    private const int CompressedFrom = 1000;

    private static readonly FileExtensionContentTypeProvider Types = new();

    private readonly Representation _plain;
    private readonly Lazy<Representation>? _brotli;
    private readonly Lazy<Representation>? _gzip;

    public SiteFile(string path, byte[] content, IReadOnlyDictionary<string, string> types)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
        var type = types.TryGetValue(Path.GetExtension(path), out var own) ? own
            : Types.TryGetContentType(path, out var known) ? known : "application/octet-stream";
        var isText = IsText(type);
        ContentType = isText && !type.Contains("charset", StringComparison.OrdinalIgnoreCase) ? type + "; charset=utf-8" : type;
        _plain = new(null, $"\"{hash}\"", content);
        if (isText && content.Length >= CompressedFrom)
        {
            _brotli = new(() => new("br", $"\"{hash}-br\"", Compress(content, to => new BrotliStream(to, CompressionLevel.Optimal))));
            _gzip = new(() => new("gzip", $"\"{hash}-gzip\"", Compress(content, to => new GZipStream(to, CompressionLevel.Optimal))));
        }
    }

    public string ContentType { get; }

    public bool IsCompressible => _gzip is not null;

    /// <summary>The smallest that the client takes.</summary>
    public Representation For(StringValues accepted)
    {
        var codings = StringWithQualityHeaderValue.TryParseList(accepted, out var list) ? list : [];
        return _brotli is not null && Takes(codings, "br") ? _brotli.Value
            : _gzip is not null && Takes(codings, "gzip") ? _gzip.Value
            : _plain;
    }

    private static bool Takes(IList<StringWithQualityHeaderValue> codings, string name) =>
        (codings.FirstOrDefault(one => one.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? codings.FirstOrDefault(one => one.Value == "*")) is { } coding && (coding.Quality ?? 1) > 0;

    private static bool IsText(string type) => type.StartsWith("text/", StringComparison.Ordinal)
        || type.Contains("json", StringComparison.Ordinal) || type.Contains("javascript", StringComparison.Ordinal)
        || type.Contains("xml", StringComparison.Ordinal);

    private static byte[] Compress(byte[] content, Func<Stream, Stream> into)
    {
        using var compressed = new MemoryStream();
        using (var writer = into(compressed))
        {
            writer.Write(content);
        }

        return compressed.ToArray();
    }
}
