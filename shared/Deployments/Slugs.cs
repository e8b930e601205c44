using System.Text;

namespace Launchpad.Shared.Deployments;

/// <summary>A host label made of what the customer called the bot and of the id's random end, so that it is unique without a
/// registry.</summary>
public static class Slugs
{
    private const int NameMax = 24;
    private const int TailLength = 8;

    public static string From(string name, string deploymentId)
    {
        var label = new StringBuilder();
        foreach (var letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                label.Append(letter);
            }
            else if (label.Length > 0 && label[^1] != '-')
            {
                label.Append('-');
            }
        }

        var stem = label.ToString()[..Math.Min(label.Length, NameMax)].Trim('-');
        var first = stem.Length > 0 && char.IsAsciiLetter(stem[0]) ? stem : ("bot-" + stem).TrimEnd('-');
        return $"{first}-{deploymentId[^TailLength..].ToLowerInvariant()}";
    }
}
