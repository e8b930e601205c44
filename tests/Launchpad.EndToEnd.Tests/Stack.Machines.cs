using System.Diagnostics;
using Azure.Data.Tables;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Its machines, which are containers on this host.</summary>
public sealed partial class Stack
{
    private const string HomeLabel = "launchpad.home";

    private readonly HashSet<string> overlooked = [];

    public async Task<string[]> MachinesAsync() =>
        Lines(await DockerAsync("ps", "--filter", $"label={HomeLabel}={Home}", "--format", "{{.Names}}"));

    /// <summary>The one that runs the bot of a deployment.</summary>
    public async Task<string> MachineOfAsync(string deployment)
    {
        foreach (var machine in await MachinesAsync())
        {
            if ((await BotsOfAsync(machine)).Contains(deployment))
            {
                return machine;
            }
        }

        throw new InvalidOperationException($"No machine of {Home} runs {deployment}.");
    }

    /// <summary>The one that its row names.</summary>
    public async Task<string> VmOfAsync(string deployment) =>
        (await Table("deployments").QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {deployment}")).SingleAsync()).GetString("vm");

    /// <summary>Runs a program on a machine as root, as an operator with a console would.</summary>
    public static Task<string> OnMachineAsync(string machine, params string[] command) => DockerAsync(["exec", machine, .. command]);

    /// <summary>False while it boots.</summary>
    public static async Task<bool> IsUpAsync(string machine)
    {
        try
        {
            await BotsOfAsync(machine);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>From now on, those that machines run do not count.</summary>
    public async Task OverlookBotsAsync()
    {
        overlooked.Clear();
        overlooked.UnionWith(await BotsAsync());
    }

    /// <summary>What every machine runs for deployments: one entry per container.</summary>
    public async Task<IReadOnlyList<string>> BotsAsync()
    {
        var bots = new List<string>();
        foreach (var machine in await MachinesAsync())
        {
            bots.AddRange(await BotsOfAsync(machine));
        }

        return [.. bots.Where(bot => !overlooked.Contains(bot))];
    }

    public static async Task<string> DockerAsync(params string[] arguments)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (docker.StandardOutput.ReadToEndAsync(), docker.StandardError.ReadToEndAsync());
        await docker.WaitForExitAsync();
        return docker.ExitCode == 0 ? (await output).Trim() : throw new InvalidOperationException($"docker {arguments[0]}: {await error}");
    }

    private static async Task<string[]> BotsOfAsync(string machine) => Lines(await OnMachineAsync(
        machine, "docker", "ps", "-a", "--filter", "label=launchpad.deployment", "--format", "{{.Label \"launchpad.deployment\"}}"));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
