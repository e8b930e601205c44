using System.Globalization;
using System.Text;

namespace Launchpad.Vm;

/// <summary>On a volume's file: the config version that left it behind. It goes where the file goes, whatever the file is called.</summary>
internal static class VolumeMark
{
    private const string Name = "user.launchpad.version";

    /// <summary>Null when it has none, or there is no such file.</summary>
    public static int? Read(string path) =>
        Libc.GetAttribute(path, Name) is { } value && int.TryParse(value, CultureInfo.InvariantCulture, out var version) ? version : null;

    /// <param name="version">Null to take the mark away.</param>
    public static void Write(string path, int? version)
    {
        if (version is { } number)
        {
            Libc.SetAttribute(path, Name, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
        }
        else
        {
            Libc.RemoveAttribute(path, Name);
        }
    }
}
