using System.Text;

namespace Launchpad.Durable.Execution;

/// <summary>What may be the id of an instance: what Durable Functions accepts, so that nothing has to be renamed to go there.</summary>
internal static class InstanceIds
{
    private const int MaxLength = 256;

    public static void Check(string id)
    {
        if (id.Length is 0 or > MaxLength || id[0] == '@' || id.EnumerateRunes().Any(IsForbidden))
        {
            throw new ArgumentException(
                $"An instance id has 1 to {MaxLength} printable characters; it does not begin with @ and contains none of / \\ # ?");
        }
    }

    // The first four are no part of a key in Azure Storage; the replacement character is what a broken surrogate pair became.
    private static bool IsForbidden(Rune rune) =>
        rune.Value is '/' or '\\' or '#' or '?' || Rune.IsControl(rune) || rune == Rune.ReplacementChar;
}
