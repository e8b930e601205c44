using System.ComponentModel;
using System.Text;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>An address that a name of the allow-list stood for.</summary>
internal sealed record NamedAddress(string Host, string Address, DateTimeOffset SeenAt);

/// <summary>
/// What the names of the allow-lists stand for: all that a container can look up, and reach. Its provider moves behind its name, so they are
/// asked for again beside the heartbeats. What they stood for a while ago stays beside the new: not every answer has all of it.
/// </summary>
internal static class EgressNames
{
    /// <summary>Of one name.</summary>
    internal const int AddressesMax = 32;

    internal static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    /// <summary>How old an answer may be.</summary>
    internal static readonly TimeSpan Every = TimeSpan.FromMinutes(3);

    private const string Mark = $"{Paths.Memory}/names";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The state with what its places resolve to by now. A name without an answer stands for what it stood for.</summary>
    /// <param name="answers">Addresses by name.</param>
    public static DeploymentState Renew(
        DeploymentState state, IReadOnlyList<EgressRule> rules, IReadOnlyDictionary<string, IReadOnlyList<string>> answers, DateTimeOffset now)
    {
        var names = rules.Select(rule => rule.Name).OfType<string>().Distinct().SelectMany(Known).ToArray();
        var places = rules.SelectMany(rule => Addresses(rule).Select(address => $"{address}:{rule.Port}")).Distinct().ToArray();
        var asked = rules.Select(rule => $"{rule.Host}:{rule.Port}").ToArray();
        return state with
        {
            Places = state.Places.SequenceEqual(asked) ? state.Places : asked,
            Names = state.Names.SequenceEqual(names) ? state.Names : names,
            Egress = state.Egress.SequenceEqual(places) ? state.Egress : places,
        };

        IEnumerable<string> Addresses(EgressRule rule) => rule.Name is null
            ? [rule.Host]
            : names.Where(one => one.Host == rule.Name).Select(one => one.Address).Order(StringComparer.Ordinal);

        IEnumerable<NamedAddress> Known(string host)
        {
            var before = state.Names.Where(one => one.Host == host);
            return !answers.TryGetValue(host, out var addresses) ? before : addresses
                .Select(address => before.FirstOrDefault(one => one.Address == address && now - one.SeenAt < Every) ?? new(host, address, now))
                .Concat(before.Where(one => now - one.SeenAt < KeptFor))
                .DistinctBy(one => one.Address)
                .Take(AddressesMax);
        }
    }

    /// <summary>Rewritten in place, because it is mounted. Call with the deployment's lock held.</summary>
    /// <returns>What it did; null when it was so.</returns>
    public static string? WriteHosts(DeploymentState state)
    {
        var path = Paths.Of(state.Deployment).Hosts;
        var text = $"127.0.0.1\tlocalhost bot\n{string.Concat(state.Names.Select(one => $"{one.Address}\t{one.Host}\n"))}";
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            return null;
        }

        // There has to be room before anything is overwritten, and the file is cut to its length last.
        var bytes = Encoding.UTF8.GetBytes(text);
        Volume.EnsureSpace(bytes.Length);
        using var hosts = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(hosts, bytes, 0);
        RandomAccess.SetLength(hosts, bytes.Length);
        return "names";
    }

    /// <summary>Asks again when it is time to. What cannot be looked up, or is just being worked at, stays as it is until the next.</summary>
    public static async Task RefreshAsync(DateTimeOffset now)
    {
        try
        {
            if (now - File.GetLastWriteTimeUtc(Mark) >= Every && await RefreshAllAsync(now))
            {
                await File.WriteAllTextAsync(Mark, $"{now:O}\n");
            }
        }
        catch (Exception trouble) when (trouble is VmFailure or IOException or UnauthorizedAccessException or TimeoutException or Win32Exception)
        {
            await Console.Error.WriteLineAsync($"The names that bots may reach were not looked up again: {trouble.Message}");
        }
    }

    private static async Task<bool> RefreshAllAsync(DateTimeOffset now)
    {
        var states = DeploymentState.ReadAll().Where(state => state is { Slot: not null, Places.Count: > 0 }).ToArray();
        var answers = await AskAsync(states.SelectMany(Rules).Where(rule => rule.Name is not null).DistinctBy(rule => rule.Name));
        var all = true;
        foreach (var deployment in states.Select(state => state.Deployment))
        {
            all &= await RefreshAsync(deployment, answers, now);
        }

        return all;
    }

    /// <summary>False when somebody else is at it. What is opened is told afterwards.</summary>
    private static async Task<bool> RefreshAsync(
        string deployment, IReadOnlyDictionary<string, IReadOnlyList<string>> answers, DateTimeOffset now)
    {
        using var held = Locks.TryDeployment(deployment);
        using var vm = held is null ? null : Locks.TryVm();
        if (vm is null)
        {
            return false;
        }

        if (DeploymentState.Read(deployment) is { Slot: not null } state)
        {
            var next = Renew(state, [.. Rules(state)], answers, now);
            if (next != state)
            {
                next.Write();
            }

            await Firewall.ConvergeAsync(DeploymentState.ReadAll());
            WriteHosts(next);
        }

        return true;
    }

    private static IEnumerable<EgressRule> Rules(DeploymentState state) => state.Places.Select(EgressRule.Parse);

    private static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> AskAsync(IEnumerable<EgressRule> rules)
    {
        var answers = await Task.WhenAll(rules.Select(async rule =>
        {
            try
            {
                return (rule.Host, Addresses: await rule.ResolveAsync().WaitAsync(Patience));
            }
            catch (Exception unknown) when (unknown is VmFailure or TimeoutException)
            {
                return (rule.Host, Addresses: []);
            }
        }));
        return answers.Where(one => one.Addresses.Count > 0).ToDictionary(one => one.Host, one => one.Addresses);
    }
}
