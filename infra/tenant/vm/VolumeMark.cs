using System.Globalization;
using System.Text;

namespace Launchpad.Vm;

/// <summary>On a volume's file: the config version that left it behind, or the backup that it was fetched from. It goes where the file
/// goes, whatever the file is called.</summary>
internal static class VolumeMark
{
    private const string Version = "user.launchpad.version";
    private const string Backup = "user.launchpad.backup";

    /// <summary>Null when it has none, or there is no such file.</summary>
    public static int? Read(string path) =>
        Libc.GetAttribute(path, Version) is { } value && int.TryParse(value, CultureInfo.InvariantCulture, out var version) ? version : null;

    /// <param name="version">Null to take the mark away.</param>
    public static void Write(string path, int? version) =>
        Write(path, Version, version?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Null when it is of no backup, or there is no such file.</summary>
    public static string? ReadBackup(string path) => Libc.GetAttribute(path, Backup);

    public static void WriteBackup(string path, string backup) => Write(path, Backup, backup);

    /// <summary>For a volume that a version is about to leave: what it was fetched from says nothing about it any more.</summary>
    public static void Leave(string path, int? version)
    {
        Write(path, version);
        Write(path, Backup, null);
    }

    private static void Write(string path, string name, string? value)
    {
        if (value is null)
        {
            Libc.RemoveAttribute(path, name);
        }
        else
        {
            Libc.SetAttribute(path, name, Encoding.ASCII.GetBytes(value));
        }
    }
}
