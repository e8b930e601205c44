using System.Text;
using System.Text.Json;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Images;
using Launchpad.Shared.Records;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Bundles;

/// <summary>What proves to others what was done with a bot, what a backup of it holds and what it runs.</summary>
public sealed class Receipts(RecordPages records, BackupBlobs blobs, DrillCertificates drills, IOptions<ImageOptions> images)
{
    private const string Folder = "receipts/";

    /// <summary>Of the record, 500 rows each. Where there are more, the script that verifies it says which one to ask for next.</summary>
    private const int PagesMax = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async Task<IReadOnlyList<BundleFile>> OfAsync(Deployment deployment, Backup backup, string image, CancellationToken ct)
    {
        var files = new List<BundleFile>
        {
            new(Folder + "record.ndjson", await RecordAsync(deployment, ct)),
            new(Folder + "image.json", Signature(image)),
            new(Folder + "image.pem", Encoding.ASCII.GetBytes(images.Value.PublicKeyPem)),
        };
        if (await blobs.FindManifestAsync(backup.Deployment, backup.Archive, ct) is { } manifest)
        {
            files.Add(new(Folder + "manifest.json", manifest));
        }

        if (await drills.ListAsync(deployment.Id, ct) is [var newest, ..])
        {
            files.Add(new(Folder + "drill.dsse.json", Encoding.UTF8.GetBytes(SignedDocuments.ToJson(newest.Signed))));
        }

        return files;
    }

    /// <summary>One page a line, as the API answers them.</summary>
    private async Task<byte[]> RecordAsync(Deployment deployment, CancellationToken ct)
    {
        await records.SettleAsync(deployment, ct);
        using var lines = new MemoryStream();
        long? after = -1;
        for (var pages = 0; after is { } row && pages < PagesMax; pages++)
        {
            var page = await records.ReadAsync(deployment.Id, row, ct);
            await JsonSerializer.SerializeAsync(lines, page, Json, ct);
            lines.WriteByte((byte)'\n');
            after = page.Next;
        }

        return lines.ToArray();
    }

    /// <summary>Where the signature lies by which it was let run; the key is in image.pem.</summary>
    private static byte[] Signature(string image)
    {
        var (name, digest) = (image[..image.LastIndexOf('@')], image[(image.LastIndexOf('@') + 1)..]);
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                image,
                digest,
                signature = $"{name}:{ImageName.AttachedTag(digest, "sig")}",
                sbom = $"{name}:{ImageName.AttachedTag(digest, "sbom")}",
            },
            Json);
    }
}
