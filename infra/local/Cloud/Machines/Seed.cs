using System.Formats.Tar;
using System.Text;
using System.Text.Json;

namespace Launchpad.Local.Machines;

/// <summary>What cloud-init finds on its first boot: the NoCloud seed, and the admin user that Azure's agent would make.</summary>
/// <param name="InstanceId">A new one makes cloud-init run again.</param>
/// <param name="UserData">As the machine shall read it: no longer base64.</param>
public sealed record Seed(string InstanceId, string HostName, string AdminName, IReadOnlyList<string> AdminKeys, byte[] UserData)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Folder = "var/lib/cloud/seed/nocloud/";

    public byte[] Archive()
    {
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, leaveOpen: true))
        {
            // JSON is YAML, and it quotes what a name or a key may contain.
            Add(tar, Folder + "meta-data", Json(new Dictionary<string, object>
            {
                ["instance-id"] = InstanceId,
                ["local-hostname"] = HostName,
                ["dsmode"] = "local",
                ["public-keys"] = AdminKeys,
            }));
            Add(tar, Folder + "user-data", UserData);
            var admin = new { name = AdminName, lock_passwd = true, shell = "/bin/bash", sudo = (string[])["ALL=(ALL) NOPASSWD:ALL"] };
            Add(tar, "etc/cloud/cloud.cfg.d/95-admin.cfg", Json(new { system_info = new { default_user = admin } }));
        }

        return buffer.ToArray();
    }

    private static byte[] Json(object value) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value) + "\n");

    private static void Add(TarWriter tar, string path, byte[] content) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { Mode = Private, DataStream = new MemoryStream(content) });
}
