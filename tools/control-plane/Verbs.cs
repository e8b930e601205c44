using System.Diagnostics;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Records;
using Launchpad.Shared.Snapshots;
using Launchpad.Shared.Staff;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.ControlPlane;

/// <param name="Subject">A snapshot or a directory; null where none was named.</param>
internal sealed record Asked(string Verb, string? Subject, AgeIdentity? Identity)
{
    private const string IdentityPrefix = "AGE-SECRET-KEY-";

    /// <exception cref="ArgumentException">When it makes no sense.</exception>
    public static Asked Parse(IReadOnlyList<string> arguments)
    {
        var (given, plain, identity) = (new Queue<string>(arguments), new List<string>(), (AgeIdentity?)null);
        while (given.TryDequeue(out var argument))
        {
            if (argument == "--identity" && given.TryDequeue(out var file))
            {
                identity = Read(file);
            }
            else
            {
                plain.Add(argument);
            }
        }

        // Two words that are one verb.
        if (plain is ["operator", var what, ..])
        {
            plain = [$"operator {what}", .. plain[2..]];
        }

        return plain is [var verb, .. { Count: <= 1 } rest] && !rest.Any(one => one.StartsWith('-'))
            ? new(verb, rest.FirstOrDefault(), identity)
            : throw new ArgumentException("There is a verb and one subject at most.", nameof(arguments));
    }

    private static AgeIdentity Read(string file) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(IdentityPrefix, StringComparison.Ordinal)) is { } line
            ? AgeIdentity.Parse(line.Trim())
            : throw new InvalidDataException($"{file} holds no identity of age.");
}

/// <summary>What an operator asks for. Standard output has one line for each thing there is to know.</summary>
internal sealed class Verbs(IServiceProvider services, Asked asked)
{
    public Task RunAsync(CancellationToken ct) => (asked.Verb, asked.Subject) switch
    {
        ("take", null) => TakeAsync(ct),
        ("list", null) => ListAsync(ct),
        ("restore", _) => RestoreAsync(ct),
        ("losses", _) => TellLossesAsync(ct),
        ("machines", null) => Machines.ListAsync(ct),
        ("cordon", { } vm) => Machines.WishAsync(vm, VmWish.Cordon, ct),
        ("drain", { } vm) => Machines.WishAsync(vm, VmWish.Drain, ct),
        ("uncordon", { } vm) => Machines.WishAsync(vm, VmWish.Use, ct),
        ("operator add", { } mail) => Operators.AddAsync(mail, ct),
        ("operator reset", { } mail) => Operators.ResetAsync(mail, ct),
        ("operator list", null) => Operators.ListAsync(ct),
        ("operator remove", { } mail) => Operators.RemoveAsync(mail, ct),
        ("export", { } directory) => Copies.ExportAsync(directory, ct),
        ("import", { } directory) => Copies.ImportAsync(directory, ct),
        _ => throw new ArgumentException($"There is no verb '{asked.Verb}' of that form.", nameof(ct)),
    };

    private SnapshotRestore Restores => services.GetRequiredService<SnapshotRestore>();

    private Machines Machines => new(services.GetRequiredService<VmStore>());

    private Operators Operators => new(
        services.GetRequiredService<OperatorStore>(), services.GetRequiredService<Passwords>(), services.GetRequiredService<Recorder>());

    private Copies Copies => services.GetRequiredService<Copies>();

    private async Task TakeAsync(CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var taken = await services.GetRequiredService<ControlPlaneSnapshots>().TakeAsync(ct);
        Console.WriteLine($"taken {taken.Name}: {taken.Files.Sum(file => file.Rows)} rows in {watch.Elapsed.TotalSeconds:0.0} s");
    }

    private async Task ListAsync(CancellationToken ct)
    {
        foreach (var (name, isWhole) in await services.GetRequiredService<SnapshotBlobs>().ListAsync(ct))
        {
            Console.WriteLine(isWhole ? name : $"{name} (was not finished: cannot be restored)");
        }
    }

    private async Task RestoreAsync(CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var snapshot = await Restores.FindAsync(asked.Subject, ct);
        var rows = await Restores.RunAsync(snapshot, asked.Identity, ct);
        Console.WriteLine($"restored {snapshot.Name} (build {snapshot.Build}): {rows} rows in {watch.Elapsed.TotalSeconds:0.0} s");
        Console.WriteLine($"what changed after {snapshot.Begun:u} is lost");
        await TellLossesAsync(snapshot, ct);
    }

    private async Task TellLossesAsync(CancellationToken ct) => await TellLossesAsync(await Restores.FindAsync(asked.Subject, ct), ct);

    private async Task TellLossesAsync(SnapshotManifest snapshot, CancellationToken ct)
    {
        var found = 0;
        await foreach (var loss in services.GetRequiredService<Losses>().FindAsync(snapshot, asked.Identity, ct))
        {
            found++;
            Console.WriteLine($"{loss.Kind} {loss.Subject}: {loss.Said}");
        }

        Console.WriteLine(found == 0 ? "nothing else is missing" : $"{found} to look at");
    }
}
