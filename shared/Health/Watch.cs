using Azure.Data.Tables;

namespace Launchpad.Shared.Health;

/// <summary>What is known of a machine's own words, as it was read.</summary>
/// <param name="Heartbeat">Null before the first.</param>
public sealed record Watch(string Vm, Heartbeat? Heartbeat, TableEntity Row)
{
    /// <summary>Every machine has its turn once in this time, with all of its bots and their public addresses, whatever it says.</summary>
    public static readonly TimeSpan TurnEvery = TimeSpan.FromMinutes(10);

    /// <summary>From when on it is watched.</summary>
    public static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(1);

    /// <summary>After this a machine that is not well is looked at again.</summary>
    public static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(30);
}

/// <summary>How the rows of a machine are called. All of them lie in its shard.</summary>
internal static class WatchRows
{
    public const string Due = "due-";
    public const string Turn = "turn-";
    private const string Prefix = "vm-";

    public static string Latest(string vm) => Prefix + vm;

    public static string Missing(string vm) => $"missing-{vm}";

    public static string DueAt(string vm, DateTimeOffset at) => $"{Due}{Key(at)}-{vm}";

    public static string TurnAt(string vm, DateTimeOffset at) => $"{Turn}{Key(at)}-{vm}";

    /// <summary>Times sort as they pass.</summary>
    public static string Key(DateTimeOffset at) => at.UtcTicks.ToString("D19");

    public static string VmOf(TableEntity latest) => latest.RowKey[Prefix.Length..];
}
