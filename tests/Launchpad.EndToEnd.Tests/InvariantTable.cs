using System.Text;
using System.Text.Json.Nodes;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>One saga under one fault, and what has to hold afterwards whatever its end.</summary>
public sealed class Cell(Operation operation, long ms, int hits)
{
    public const string Struck = "the fault struck";
    public const string Ended = "the operation ended";
    public const string Told = "a failure says why and what to do";
    public const string OneContainer = "one serving container";
    public const string KnownVersion = "a known version runs";
    public const string Orphans = "nothing is left over";
    public const string Backups = "every backup can be restored";
    public const string Memory = "the bot knows what it should";

    private readonly Dictionary<string, string?> found = new()
    {
        [Struck] = hits > 0 ? null : "the call was not made",
        [Ended] = operation.IsFinished ? null : operation.Status,
        [Told] = operation.Failure is null or { Message.Length: > 0, Next.Length: > 0 } ? null : "nothing was said",
    };

    public string Ending => operation.Status;

    public long Ms => ms;

    /// <summary>The fault that was set came to pass.</summary>
    public bool Met => hits > 0;

    /// <summary>By invariant what was found instead; null where it holds.</summary>
    public IReadOnlyDictionary<string, string?> Found => found;

    public async Task OneContainerAsync(Stack stack, string deployment)
    {
        var bots = await stack.BotsAsync();
        found[OneContainer] = bots.SequenceEqual([deployment]) ? null : string.Join(", ", bots);
    }

    /// <summary>What runs is the image of the version that the deployment says is active, and that version is good.</summary>
    public async Task KnownVersionAsync(Stack stack, Customer customer, string deployment, int? expected)
    {
        var state = await customer.DeploymentAsync(deployment, Stack.Within(1));
        using var listed = await customer.SendAsync(HttpMethod.Get, $"deployments/{deployment}/versions", null, Stack.Within(1));
        var active = JsonNode.Parse(listed.RootElement.GetRawText())!["versions"]!.AsArray()
            .Single(version => (int)version!["version"]! == state.ActiveVersion)!;
        var machine = await stack.MachineOfAsync(deployment);
        var runs = await Stack.OnMachineAsync(machine, "docker", "inspect", "--format", "{{.Config.Image}}", $"launchpad-{deployment}");
        var holds = state is { Status: "running", Operation: null } && state.ActiveVersion == state.LastKnownGood
            && (string)active["status"]! == "active" && runs.Trim() == (string)active["image"]!
            && (expected is null || state.ActiveVersion == expected);
        found[KnownVersion] = holds ? null : $"{state.Status}, version {state.ActiveVersion} ({active["status"]}), runs {runs.Trim()}";
    }

    public void NoOrphan(IReadOnlyList<string> leftovers) => found[Orphans] = leftovers is [] ? null : string.Join(", ", leftovers);

    public async Task WholeBackupsAsync(Stack stack, string deployment)
    {
        var broken = await StoredBackups.BrokenAsync(stack, deployment);
        found[Backups] = broken is [] ? null : string.Join(", ", broken);
    }

    /// <param name="expected">What the tiny bot was told, as far as its data say so.</param>
    public async Task KnowsAsync(Stack stack, string deployment, IReadOnlyList<string> expected)
    {
        var heard = await StoredBackups.HeardAsync(stack, deployment);
        found[Memory] = heard.SequenceEqual(expected) ? null : string.Join(", ", heard);
    }

    public void MustSucceed() => found[Ended] = Ending == "succeeded" ? null : Ending;
}

/// <summary>How often each invariant of a saga was looked at, and how often it did not hold.</summary>
public sealed class InvariantTable(string saga)
{
    private readonly Dictionary<string, (int Looked, int Broken)> rows = [];
    private readonly List<string> violations = [];

    public IReadOnlyList<string> Violations => violations;

    public void Add(string fault, Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        foreach (var (invariant, instead) in cell.Found)
        {
            var (looked, broken) = rows.GetValueOrDefault(invariant);
            rows[invariant] = (looked + 1, broken + (instead is null ? 0 : 1));
            if (instead is not null)
            {
                violations.Add($"{saga}, {fault}: not so that {invariant}: {instead}");
            }
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (invariant, (looked, broken)) in rows)
        {
            text.AppendLine(null, $"{(broken == 0 ? "✓" : "✗")} {saga,-20} {invariant,-36} {looked,6} looked at {broken,6} broken");
        }

        return text.ToString();
    }

    public Task SaveAsync() => SaveAsync(ToString());

    /// <summary>Adds to the file that LAUNCHPAD_CHAOS names, if it names one.</summary>
    public static async Task SaveAsync(string lines)
    {
        if (Environment.GetEnvironmentVariable("LAUNCHPAD_CHAOS") is { } path)
        {
            await File.AppendAllTextAsync(path, lines);
        }
    }
}
