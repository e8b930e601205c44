using System.Globalization;
using System.Text;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Backups;

/// <summary>
/// Says on the disk until when a bot that ran may be stopped. It is there before the bot is stopped and goes when the bot runs: whatever
/// dies in between, the machine's heartbeat starts the bot, and waits for nobody's lock.
/// </summary>
internal static class Alarm
{
    public static void Set(string deployment, DateTimeOffset at) =>
        WholeFile.Write(Paths.Of(deployment).Alarm, Encoding.ASCII.GetBytes(at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));

    /// <summary>Starts the bot, if one was stopped.</summary>
    public static async Task EndAsync(DockerEngine docker, string deployment)
    {
        var alarm = Paths.Of(deployment).Alarm;
        if (File.Exists(alarm))
        {
            await Container.StartAsync(docker, deployment);
            File.Delete(alarm);
        }
    }

    /// <summary>Those that are due. A bot that does not start now is tried again with the next heartbeat, and each tells that it does not
    /// run.</summary>
    public static async Task ObeyAsync(DockerEngine docker)
    {
        foreach (var folder in Directory.Exists(Paths.Root) ? Directory.GetDirectories(Paths.Root) : [])
        {
            var deployment = Path.GetFileName(folder);
            try
            {
                if (IsDue(Paths.Of(deployment).Alarm))
                {
                    await EndAsync(docker, deployment);
                }
            }
            catch (Exception refused) when (refused is VmFailure or IOException)
            {
                await Console.Error.WriteLineAsync($"{deployment} was to be started again: {refused.Message}");
            }
        }
    }

    private static bool IsDue(string alarm) =>
        File.Exists(alarm)
        && (!long.TryParse(File.ReadAllText(alarm), CultureInfo.InvariantCulture, out var at)
            || DateTimeOffset.UtcNow.ToUnixTimeSeconds() >= at);
}
