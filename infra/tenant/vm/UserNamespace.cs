using System.Globalization;

namespace Launchpad.Vm;

/// <summary>Where the VM's user ids begin for users of containers: 0, unless Docker maps them to a range of their own.</summary>
internal static class UserNamespace
{
    public static async Task<int> OffsetAsync(DockerEngine docker)
    {
        var info = await docker.FindAsync("info", DockerJson.Default.DockerInfo);
        return info is null ? 0 : Offset(info);
    }

    /// <summary>Docker says that it maps, and names its own folder after where the range begins: …/100000.100000.</summary>
    public static int Offset(DockerInfo info)
    {
        var begin = Path.GetFileName(info.DockerRootDir).Split('.')[0];
        return IsOn(info) && int.TryParse(begin, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : 0;
    }

    public static bool IsOn(DockerInfo info) => info.SecurityOptions.Contains("name=userns");
}
