using System.Globalization;

namespace Launchpad.Durable.Contract.App;

/// <summary>What activities did, in a folder that tests read: it outlives every process.</summary>
public static class Journal
{
    /// <summary>The setting of the app that names the folder.</summary>
    public const string Setting = "LAUNCHPAD_CONTRACT_JOURNAL";

    /// <summary>Counts, from one, however many processes do it at the same time.</summary>
    public static int Next(string key)
    {
        for (var number = 1; ; number++)
        {
            if (Once($"{key}.{number.ToString(CultureInfo.InvariantCulture)}"))
            {
                return number;
            }
        }
    }

    /// <summary>Whether this is the first time that anybody says so.</summary>
    public static bool Once(string key)
    {
        try
        {
            using var file = new FileStream(Path.Combine(Folder, key), FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (File.Exists(Path.Combine(Folder, key)))
        {
            return false;
        }
    }

    /// <summary>Waits until a test opens the gate.</summary>
    public static async Task PassAsync(string gate)
    {
        while (!File.Exists(Path.Combine(Folder, gate)))
        {
            await Task.Delay(10);
        }
    }

    private static string Folder => Environment.GetEnvironmentVariable(Setting)
        ?? throw new InvalidOperationException($"{Setting} is not set.");
}
