using System.Globalization;
using System.Xml.Linq;

namespace Azure.Storage.Blobs.Models;

/// <summary>A blob, as a listing shows it.</summary>
public class BlobItem
{
    internal BlobItem()
    {
    }

    public string Name { get; internal set; }
    public bool Deleted { get; internal set; }
    public string Snapshot { get; internal set; }
    public string VersionId { get; internal set; }
    public IDictionary<string, string> Metadata { get; internal set; }
    public BlobItemProperties Properties { get; internal set; }

    internal static BlobItem Of(XElement blob)
    {
        var name = blob.Element("Name");
        return new()
        {
            // A name that XML cannot hold arrives percent-encoded and says so.
            Name = name.Attribute("Encoded")?.Value is "true" ? Uri.UnescapeDataString(name.Value) : name.Value,
            Deleted = blob.Element("Deleted")?.Value is "true",
            Snapshot = blob.Element("Snapshot")?.Value,
            VersionId = blob.Element("VersionId")?.Value,
            Metadata = blob.Element("Metadata")?.Elements()
                .ToDictionary(entry => entry.Name.LocalName, entry => entry.Value, StringComparer.OrdinalIgnoreCase),
            Properties = new(blob.Element("Properties")),
        };
    }
}

/// <summary>The properties of a listed blob.</summary>
public class BlobItemProperties
{
    internal BlobItemProperties(XElement properties)
    {
        LastModified = Time(properties, "Last-Modified");
        CreatedOn = Time(properties, "Creation-Time");
        ContentLength = properties.Element("Content-Length")?.Value is { } length ? long.Parse(length, CultureInfo.InvariantCulture) : null;
        ContentType = Text(properties, "Content-Type");
        ContentHash = Text(properties, "Content-MD5") is { } hash ? Convert.FromBase64String(hash) : null;
        BlobType = Text(properties, "BlobType") is { } type ? BlobTypes.Parse(type) : null;
        ETag = Text(properties, "Etag") is { } tag ? new ETag(tag) : null;
    }

    public DateTimeOffset? LastModified { get; internal set; }
    public DateTimeOffset? CreatedOn { get; internal set; }
    public long? ContentLength { get; internal set; }
    public string ContentType { get; internal set; }
    public byte[] ContentHash { get; internal set; }
    public BlobType? BlobType { get; internal set; }
    public ETag? ETag { get; internal set; }

    private static string Text(XElement properties, string name) => properties.Element(name)?.Value is { Length: > 0 } value ? value : null;

    private static DateTimeOffset? Time(XElement properties, string name) =>
        Text(properties, name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;
}
