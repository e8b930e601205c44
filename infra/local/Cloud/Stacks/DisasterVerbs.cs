using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace Launchpad.Local.Stacks;

/// <summary>Copies a stack out of its home while it runs, and brings it back into an empty one. Its machines are in neither: they run on,
/// or are lost.</summary>
internal static class DisasterVerbs
{
    private const string IdentityOption = "--identity";

    public static async Task BackUpAsync(IReadOnlyList<string> arguments)
    {
        var (directory, _, up) = Parse(arguments);
        var (record, terminal) = (StackRecord.Read(up.Home), new Terminal(up.Json));
        using var running = record?.Find();
        if (running is null || !record!.Ready)
        {
            throw new StackException($"No stack runs in {up.Home.Root}: `./launchpad up` starts it.");
        }

        var (watch, copy, ports) = (Stopwatch.StartNew(), StackCopy.Create(directory), Ports.ForSlot(record.Slot));
        // What the engine began and the tables have ended is refused by its row; the other way round, ended operations would run again.
        await CopyEngineAsync(up, ports, copy.Engine);
        terminal.Say("engine copied");
        var operators = new OperatorProgram(up, ports, terminal);
        await operators.RunAsync(["take"]);
        await operators.RunAsync(["export", copy.Root]);
        // Last: whatever a row names is in the vault by then.
        copy.TakeState(up.Home);
        copy.Finish(new(up.Home.Root, record.Slot, DateTimeOffset.UtcNow));
        terminal.Say(string.Create(CultureInfo.InvariantCulture, $"copied to {copy.Root} in {watch.Elapsed.TotalSeconds:0.0} s"));
        if (up.Json)
        {
            Terminal.Result(new { ok = true, directory = copy.Root });
        }
    }

    public static async Task RestoreAsync(IReadOnlyList<string> arguments)
    {
        var (directory, identity, up) = Parse(arguments);
        var (watch, terminal, copy) = (Stopwatch.StartNew(), new Terminal(up.Json), StackCopy.Open(directory));
        if (up.Home.IsUsed)
        {
            throw new StackException($"There is a stack in {up.Home.Root} already: a backup is restored into an empty home only.");
        }

        IReadOnlyList<string> said;
        try
        {
            said = await FillAsync(copy, identity, up with { ControlPlane = null, Image = null, Slot = copy.About.Slot }, terminal);
        }
        catch
        {
            // Empty again, so that it can be tried again; `down --erase` would delete the machines too.
            up.Home.Delete();
            throw;
        }

        terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"restored in {watch.Elapsed.TotalSeconds:0.0} s; `./launchpad up --slot {copy.About.Slot}` starts it"));
        if (up.Json)
        {
            Terminal.Result(new { ok = true, said });
        }
    }

    private static async Task<IReadOnlyList<string>> FillAsync(StackCopy copy, string? identity, UpArguments alone, Terminal terminal)
    {
        await using var stack = Stack.Open(alone, terminal);
        copy.PutState(alone.Home);
        if (copy.About.Home != alone.Home.Root)
        {
            terminal.Say($"This was a stack in {copy.About.Home}: machines that run there are not found from here.");
        }

        var ports = Ports.ForSlot(alone.Slot);
        await FoundMachines.AdoptAsync(alone.Home, terminal);
        await stack.StartAsync(CancellationToken.None);
        var operators = new OperatorProgram(alone, ports, terminal);
        await operators.RunAsync(["import", copy.Root]);
        return await operators.RunAsync(identity is null ? ["restore"] : ["restore", IdentityOption, identity]);
    }

    private static (string Directory, string? Identity, UpArguments Up) Parse(IReadOnlyList<string> arguments)
    {
        if (arguments is not [not ['-', ..], ..])
        {
            throw new StackException("Say which directory.");
        }

        var rest = arguments.Skip(1).ToList();
        var at = rest.IndexOf(IdentityOption);
        var identity = at < 0 ? null : rest.ElementAtOrDefault(at + 1) ?? throw new StackException($"{IdentityOption} needs a value.");
        if (identity is not null)
        {
            rest.RemoveRange(at, 2);
        }

        return (Path.GetFullPath(arguments[0]), identity is null ? null : Path.GetFullPath(identity), UpArguments.Parse(rest));
    }

    private static async Task CopyEngineAsync(UpArguments up, Ports ports, string folder)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports.ControlPlane}/admin/backup")))
        {
            Content = JsonContent.Create(new { folder }),
        };
        var key = up.Settings.GetValueOrDefault(ControlPlaneProgram.MasterKeySetting) ?? ControlPlaneProgram.MasterKey(up.Home);
        request.Headers.Add("x-functions-key", key);
        using var answer = await client.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
        {
            throw new StackException($"The engine was not copied: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
