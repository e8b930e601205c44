using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Launchpad.Vm.Tests;

/// <summary>A tenant image of busybox and one script, as a registry holds it: blobs by digest. A salt makes it another image.</summary>
public sealed class TinyImage
{
    private const string Applets =
        "sh cat ls id nc sleep dd mkdir touch grep unshare head tr env mount stat ip nslookup ping true seq readlink ln rm timeout";
    private const string Repository = "launchpad/tiny";
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    private static readonly UnixFileMode s_plain = (UnixFileMode)Convert.ToInt32("755", 8);
    private static readonly UnixFileMode s_sticky = (UnixFileMode)Convert.ToInt32("1777", 8);

    private readonly Dictionary<string, (string Type, byte[] Content)> _blobs = [];

    public TinyImage(string salt)
    {
        var layer = Layer(salt);
        var zipped = Zip(layer);
        var config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Env = new[] { "PATH=/bin" }, Entrypoint = new[] { "/bin/bot" }, WorkingDir = "/data" },
            rootfs = new { type = "layers", diff_ids = new[] { Digest(layer) } },
        });
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = Describe("application/vnd.docker.container.image.v1+json", config),
            layers = new[] { Describe("application/vnd.docker.image.rootfs.diff.tar.gzip", zipped) },
        });
        Reference = $"127.0.0.1:5055/{Repository}@{Add(ManifestType, manifest)}";
    }

    public string Reference { get; }

    public (string Type, byte[] Content)? Find(string digest) => _blobs.TryGetValue(digest, out var blob) ? blob : null;

    private static byte[] Layer(string salt)
    {
        using var output = new MemoryStream();
        using (var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var folder in (string[])["bin", "data", "etc", "run", "run/secrets", "tmp"])
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder + "/") { Mode = folder == "tmp" ? s_sticky : s_plain });
            }

            Write(tar, "bin/busybox", File.ReadAllBytes("/bin/busybox"));
            Write(tar, "bin/bot", File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "tenant", "bot")));
            Write(tar, "etc/passwd", Encoding.ASCII.GetBytes("bot:x:1000:1000::/data:/bin/sh\n"));
            Write(tar, "etc/salt", Encoding.UTF8.GetBytes(salt));
            foreach (var applet in Applets.Split(' '))
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{applet}") { LinkName = "busybox" });
            }
        }

        return output.ToArray();
    }

    private static void Write(TarWriter tar, string path, byte[] content) => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path)
    {
        Mode = s_plain,
        DataStream = new MemoryStream(content),
    });

    private static byte[] Zip(byte[] content)
    {
        using var output = new MemoryStream();
        using (var zip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(content);
        }

        return output.ToArray();
    }

    private object Describe(string type, byte[] content) =>
        new { mediaType = type, size = content.Length, digest = Add("application/octet-stream", content) };

    private string Add(string type, byte[] content)
    {
        var digest = Digest(content);
        _blobs[digest] = (type, content);
        return digest;
    }

    private static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";
}
