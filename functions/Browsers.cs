namespace Launchpad.Functions;

/// <summary>Tells browsers apart well enough for their owner to know his own.</summary>
public static class Browsers
{
    private static readonly (string Sign, string Name)[] Programs =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>As in "Firefox on Linux"; nothing that was sent is repeated.</summary>
    public static string Name(string userAgent)
    {
        var (program, system) = (Find(Programs, userAgent), Find(Systems, userAgent));
        return (program, system) switch
        {
            (null, null) => "another program",
            (null, _) => $"a program on {system}",
            (_, null) => program,
            _ => $"{program} on {system}",
        };
    }

    private static string? Find((string Sign, string Name)[] known, string userAgent) =>
        known.FirstOrDefault(one => userAgent.Contains(one.Sign, StringComparison.Ordinal)).Name;
}
