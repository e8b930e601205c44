namespace Launchpad.Shared.Records;

/// <summary>Whether what goes on has left a row that says who did what: whoever began it makes up for one that nobody thought of.</summary>
public sealed class RecordTrail
{
    private static readonly AsyncLocal<RecordTrail?> Current = new();

    public bool IsTold { get; private set; }

    /// <summary>For everything that the caller awaits from here on.</summary>
    public static RecordTrail Begin() => Current.Value = new();

    /// <summary>What was asked for was so already: there is nothing to tell.</summary>
    public static void NothingChanged() => Current.Value?.Told();

    internal static void Leave(IEnumerable<RecordEntry> entries)
    {
        if (entries.Any(entry => entry.Kind == RecordKinds.Action))
        {
            Current.Value?.Told();
        }
    }

    private void Told() => IsTold = true;
}
