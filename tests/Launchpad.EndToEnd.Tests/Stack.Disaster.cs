using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Its end, and how it comes back.</summary>
public sealed partial class Stack
{
    private string CopyPath => Path.Combine(folder.FullName, "copy");

    public Task BackUpAsync() => VerbAsync("backup", CopyPath, "--home", Home, "--set", $"AzureFunctionsJobHost__MasterKey={MasterKey}");

    /// <summary>As `./launchpad VERB VM` does it.</summary>
    /// <returns>What it said.</returns>
    public async Task<IReadOnlyList<string>> OperatorAsync(params string[] asked) =>
        [.. (await VerbAsync([.. asked, "--home", Home]))["said"]!.AsArray().Select(line => (string)line!)];

    /// <returns>What it said of the restore.</returns>
    public async Task<IReadOnlyList<string>> RestoreAsync() =>
        [.. (await VerbAsync("restore", CopyPath, "--home", Home))["said"]!.AsArray().Select(line => (string)line!)];

    /// <summary>Everything that it runs is killed and its home is deleted. Machines are elsewhere: they run on.</summary>
    public async Task LoseHomeAsync()
    {
        var children = (await StatusAsync())["children"]!.AsObject().Where(child => child.Key != "dockerd").Select(child => (int)child.Value!).ToList();
        await KillPocketCloudAsync();
        foreach (var child in children)
        {
            using var process = Process.GetProcessById(child);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        Directory.Delete(Home, recursive: true);
    }

    private async Task<JsonNode> VerbAsync(params string[] arguments)
    {
        using var verb = Start([.. arguments, "--json"]);
        verb.ErrorDataReceived += (_, line) => Keep(line.Data);
        verb.BeginErrorReadLine();
        var said = await verb.StandardOutput.ReadToEndAsync();
        await verb.WaitForExitAsync();
        return verb.ExitCode == 0
            ? JsonNode.Parse(said)!
            : throw new InvalidOperationException($"{arguments[0]} ended with {verb.ExitCode}: {await File.ReadAllTextAsync(LogPath)}");
    }
}
