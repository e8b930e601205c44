using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>One thing that is not as it was wanted.</summary>
/// <param name="What">image, limits, container, or the path of a file.</param>
/// <param name="Wanted">What the table says; null for nothing.</param>
/// <param name="Found">What the machine has; null for nothing.</param>
public sealed record Difference(string What, string? Wanted, string? Found);

/// <summary>What the active version of a bot asks of its machine.</summary>
public sealed record Wanted(string Image, VmLimits Limits)
{
    public static Wanted Of(string image, Plan plan) => new(image, new(plan.MemoryMb, plan.Cpus, plan.StorageMb, plan.Pids));
}

/// <summary>Compares what the table wants with what the machine has. Nothing is ever put right here.</summary>
public static class Drift
{
    public const string Container = "container";
    public const string Image = "image";
    public const string Limits = "limits";

    /// <param name="bot">Null when the machine has nothing of it.</param>
    public static IReadOnlyList<Difference> Compare(Wanted wanted, VmBot? bot)
    {
        // Without a container there is nothing to compare, and its absence is what a restart mends; that it was absent stays on record.
        if (bot is not { Image: { } image, Limits: { } limits })
        {
            return [new(Container, wanted.Image, null)];
        }

        var found = new List<Difference>();
        if (image != wanted.Image)
        {
            found.Add(new(Image, wanted.Image, image));
        }

        if (limits != wanted.Limits)
        {
            found.Add(new(Limits, Tell(wanted.Limits), Tell(limits)));
        }

        found.AddRange(bot.Files.Where(file => file.Actual != file.Written)
            .Select(file => new Difference(file.Path, file.Written, file.Actual)));
        return found;
    }

    /// <summary>A container that nobody has a claim to. The machine's reservations are read before and after it was seen, because bots
    /// come and go meanwhile.</summary>
    public static IEnumerable<VmBot> Unowned(IReadOnlyList<VmBot> bots, Vm before, Vm after) => bots.Where(bot =>
        bot.Image is not null && !before.Reservations.ContainsKey(bot.Deployment) && !after.Reservations.ContainsKey(bot.Deployment));

    /// <summary>Equal differences have equal fingerprints; null for none.</summary>
    public static string? Fingerprint(IReadOnlyList<Difference> differences) => differences.Count == 0
        ? null
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', differences))).AsSpan(0, 16));

    private static string Tell(VmLimits limits) => string.Create(
        CultureInfo.InvariantCulture,
        $"{limits.MemoryMb} MB memory, {limits.Cpus} CPU, {limits.StorageMb} MB volume, {limits.Pids} processes");
}
