namespace Azure.Storage.Blobs.Wire;

/// <summary>A blob's address taken apart: `account.blob…/container/blob`, or `host/account/container/blob` at an emulator.</summary>
internal sealed record BlobAddress(string Account, string Container, string Blob)
{
    public static BlobAddress Of(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var path = uri.AbsolutePath.TrimStart('/');
        string account;
        if (uri.HostNameType is UriHostNameType.Dns && uri.Host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
        {
            account = uri.Host[..dot];
        }
        else
        {
            (account, path) = Cut(path);
        }

        var (container, blob) = Cut(path);
        return new(account, container, Uri.UnescapeDataString(blob));
    }

    public static Uri Append(Uri uri, string path) => new(uri.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + path);

    /// <summary>The slashes of a blob's name are slashes of its address; all else is escaped.</summary>
    public static string Escape(string blobName) => string.Join('/', blobName.Trim('/').Split('/').Select(Uri.EscapeDataString));

    private static (string Head, string Tail) Cut(string path) =>
        path.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? (path[..slash], path[(slash + 1)..]) : (path, "");
}
